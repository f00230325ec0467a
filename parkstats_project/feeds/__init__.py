"""Clients of the public sources: they know no app, only what a source says and how it fails."""
