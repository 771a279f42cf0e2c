"""Loading many entries: what the product does, beside COPY alone and executemany."""
