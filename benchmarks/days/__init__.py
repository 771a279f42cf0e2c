"""Daily values: worked out from rows each time, or kept and made stale by triggers."""
