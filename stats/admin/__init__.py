"""The admin: every module registers the models of its subject."""

from stats.admin import collecting, corrections, parks, rides, statements, statistics, weather

__all__ = ["collecting", "corrections", "parks", "rides", "statements", "statistics", "weather"]
