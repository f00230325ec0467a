"""Which metrics version of a daily row is read (docs/design.md D6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Exists, OuterRef, Q

from parkstats_project.db.checks import pending_migrations
from stats.models import ParkDailyStats, RideDailyStats

LEGACY_VERSION: Final = 1
"""The figures of the legacy system, exactly; every day has them."""

INCOMPLETE: Final = "parkstats.W001"


def readable() -> set[int]:
    """The active version, and the one that stands in for it."""
    return {LEGACY_VERSION, settings.PARKSTATS_METRICS_VERSION}


def read_in(model: type[RideDailyStats] | type[ParkDailyStats], version: int) -> Q:
    """Rows of a version, and of version 1 where the same ride or park and day has no row of it."""
    if version == LEGACY_VERSION:
        return Q(metrics_version=LEGACY_VERSION)
    entity = "ride_id" if model is RideDailyStats else "park_id"
    same = {entity: OuterRef(entity), "stat_date": OuterRef("stat_date")}
    other = model._default_manager.filter(**same, metrics_version=version)
    return Q(metrics_version=version) | Q(~Exists(other), metrics_version=LEGACY_VERSION)


@register(Tags.database)
def check_days(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning if days are read in version 1 although another one is active, with their number."""
    version = settings.PARKSTATS_METRICS_VERSION
    if version == LEGACY_VERSION or DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    if pending_migrations(connection):
        return []
    rows = ParkDailyStats.objects.filter(read_in(ParkDailyStats, version), metrics_version=LEGACY_VERSION)
    days = rows.order_by().values("stat_date").distinct().count()
    if not days:
        return []
    return [
        Warning(
            f"{days} days have parks without metrics version {version}, which are read in version 1",
            hint=f"manage.py recompute_daily_stats --metrics-version {version} computes it, as far as "
            "observations are kept.",
            id=INCOMPLETE,
        )
    ]
