"""Rebuild the two live ranking tables; runs after each collection."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stats import periods, refresh_live
from stats.database import LockHeld
from stats.management.arguments import LOCKED


class Command(BaseCommand):
    help = "Rebuild the live rankings. Exit codes: 0 done, 1 failed, 3 another run is at work."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            parks, rides = refresh_live.refresh(now=periods.now())
        except LockHeld:
            raise CommandError("another run is at work on this database", returncode=LOCKED) from None
        self.stdout.write(f"{parks} parks and {rides} rides in the live rankings")
