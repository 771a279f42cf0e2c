"""Kills a real server under load, and counts what of its promises was broken.

From `backend/`: `../.venv/bin/python -m crash --rounds 200` (or `make crash ROUNDS=200`).
"""
