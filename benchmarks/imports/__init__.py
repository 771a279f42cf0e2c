"""Bringing in a large export of Apple Health: what the product does, beside expat alone."""
