"""Routes as the fast lane knows them."""
