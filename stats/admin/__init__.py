"""The admin: every module registers the models of its subject."""

from stats.admin import collecting, corrections, discovery, parks, rides, statements, statistics, weather

__all__ = ["collecting", "corrections", "discovery", "parks", "rides", "statements", "statistics", "weather"]
