"""The admin: every module registers the models of its subject."""

from stats.admin import parks, rides, statistics, weather

__all__ = ["parks", "rides", "statistics", "weather"]
