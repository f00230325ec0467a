"""Rebuild the two live ranking tables; runs after each collection."""

from __future__ import annotations

from typing import Any

from parkstats_project.base import clock
from stats.jobs import live
from stats.management.job import Job


class Command(Job):
    help = "Rebuild the live rankings. Exit codes: 0 done, 1 failed, 3 another run is at work."

    def handle(self, *args: Any, **options: Any) -> None:
        parks, rides = live.refresh(now=clock.now())
        self.stdout.write(f"{parks} parks and {rides} rides in the live rankings")
