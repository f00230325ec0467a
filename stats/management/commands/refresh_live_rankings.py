"""Rebuild the two live ranking tables; runs after each collection."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parkstats_project.base import clock
from parkstats_project.db.locks import LockHeld
from stats.jobs import live
from stats.management.arguments import LOCKED


class Command(BaseCommand):
    help = "Rebuild the live rankings. Exit codes: 0 done, 1 failed, 3 another run is at work."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            parks, rides = live.refresh(now=clock.now())
        except LockHeld:
            raise CommandError("another run is at work on this database", returncode=LOCKED) from None
        self.stdout.write(f"{parks} parks and {rides} rides in the live rankings")
