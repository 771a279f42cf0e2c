"""The same two operations in other frameworks, written as their documentation shows.

They check a JSON Web Token, but no session behind it, and connect as a role that row-level security
does not bind: they do less than VitalIQ does.
"""
