"""Application configurations."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class StatsConfig(AppConfig):
    name = "stats"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The first two register their checks.
        from parkstats_project.db import checks, encryption, watch  # noqa: F401
        from stats.frames import versions  # noqa: F401
        from stats.jobs import slow_statements

        encryption.insist()
        watch.start(slow_statements.note)


class ParkstatsAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the frame of this project."""

    default = False
    default_site = "stats.admin.site.ParkstatsAdmin"

    def ready(self) -> None:
        """Register what the modules of `stats.admin` register; the package itself holds the site's class."""
        super().ready()
        package = import_module("stats.admin")
        for module in iter_modules(package.__path__, "stats.admin."):
            import_module(module.name)
        from stats.admin import groups

        # Rights are made for one app after the other: when the last one has its own, all are there.
        *_, last = apps.get_app_configs()
        post_migrate.connect(groups.keep, sender=last)
