"""Who may do what: three groups, made by `migrate` and brought up to date by each later one."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

LOOK: Final = "look"
OPERATE: Final = "operate"
ADMINISTER: Final = "administer"

RIGHTS: Final[dict[str, Q]] = {
    # Everything, read-only; who the people are is not part of the data.
    LOOK: Q(codename__startswith="view_") & ~Q(content_type__app_label__in=("auth", "sessions", "axes")),
    OPERATE: Q(content_type__app_label="stats", codename__in=("change_dataqualityissue", "operate_jobs")),
    ADMINISTER: Q(content_type__app_label__in=("parks", "rides", "weather", "stats", "auth")),
}
"""Rights of each group beyond those of the ones before it."""


def keep(apps: Apps = apps, **_: Any) -> None:
    """Make the groups and give them what they lack; what people added or renamed stays. After `migrate`.

    A `migrate` of one app may come before the tables of people and groups.
    """
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return
    rights = Q(pk=None)
    for name, more in RIGHTS.items():
        rights |= more
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(rights))
