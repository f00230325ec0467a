"""The admin: every module registers the models of its subject."""

from stats.admin import collecting, corrections, parks, rides, statistics, weather

__all__ = ["collecting", "corrections", "parks", "rides", "statistics", "weather"]
