"""Filling the database from the public sources (docs/data.md 2)."""
