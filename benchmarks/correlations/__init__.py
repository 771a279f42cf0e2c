"""How often correlations are told that are none, and how often those that are."""
