"""Do the queries on big tables use the indexes that were made for them (docs/design.md D10)?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from parkstats_project.base import clock
from parkstats_project.db import engine
from stats.jobs import plans
from stats.management.job import Job


class Command(Job):
    help = (
        "Ask every question of the application once, EXPLAIN what it sends to big tables, and print a line "
        "for each plan that is not the one stated (stats/jobs/plans.py). Reads only. Exit codes: 0 all as "
        "stated, 1 not."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not engine.is_server(connection):
            raise CommandError("plans are stated for MariaDB and MySQL only")
        statements = plans.record(clock.now())
        judged = plans.judged(statements)
        wrong = [line for statement in judged for line in plans.judge(statement)]
        for line in wrong:
            self.stdout.write(self.style.ERROR(line))
        if wrong:
            raise CommandError(f"{len(wrong)} plans of {len(judged)} statements are not as stated")
        self.stdout.write(
            f"{len(judged)} statements on big tables are read as stated, {len(statements) - len(judged)} are "
            f"not judged, since they reach a table of less than {plans.JUDGED_ROWS:,} rows"
        )
