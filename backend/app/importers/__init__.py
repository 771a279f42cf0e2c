"""Readers of the files that people bring: each format is one module, and nothing here stores."""
