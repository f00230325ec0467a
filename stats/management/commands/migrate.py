"""Django's `migrate`, not held up by the schema check: it is what puts a half-migrated schema right."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from stats.checks import switched_off


class Command(migrate.Command):
    """As Django's, but a step that was killed half-way, forwards or backwards, can always be run again."""

    def check(self, *args: Any, **kwargs: Any) -> None:
        with switched_off():
            super().check(*args, **kwargs)
