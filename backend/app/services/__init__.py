"""Rules and queries: take schemas, return values, raise AppErrors, never commit."""
