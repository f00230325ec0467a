"""Application configuration."""

from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "stats"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The first two register their checks.
        from parkstats_project.db import checks, watch  # noqa: F401
        from stats.frames import versions  # noqa: F401
        from stats.jobs import slow_statements

        watch.start(slow_statements.note)
