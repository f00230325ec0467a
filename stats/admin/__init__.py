"""The admin: every module registers the models of its subject."""

from stats.admin import collecting, parks, rides, statistics, weather

__all__ = ["collecting", "parks", "rides", "statistics", "weather"]
