"""Application configuration."""

from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "stats"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Both register their checks.
        from parkstats_project.db import checks  # noqa: F401
        from stats.frames import versions  # noqa: F401
