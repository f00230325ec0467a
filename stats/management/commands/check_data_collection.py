"""The monitor: says what is wrong, by exit code and e-mail (docs/operation.md, Jobs)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import CommandError, CommandParser
from django.db import Error

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import FAILED
from parkstats_project.db.checks import explained
from stats.jobs import monitor
from stats.management.arguments import address, positive
from stats.management.job import Job


class Command(Job):
    help = (
        "Check age and coverage of the last collections and the daily job. Exit codes: 0 all is well, "
        "1 something is wrong (each thing on a line of its own), 2 bad arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--email", type=address, action="append", metavar="ADDRESS", help="also send it; repeatable"
        )
        parser.add_argument("--min-parks", type=positive, default=monitor.MINIMUM_PARKS, metavar="N")
        parser.add_argument("--min-rides", type=positive, default=monitor.MINIMUM_RIDES, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found: list[str] = [
                *monitor.problems(
                    now=clock.now(),
                    version=settings.PARKSTATS_METRICS_VERSION,
                    minimum_parks=options["min_parks"],
                    minimum_rides=options["min_rides"],
                )
            ]
        except Error as problem:  # of all things that can be wrong, the one that most wants to be told
            found = [f"the database failed: {explained(problem)}"]
        if not found:
            self.stdout.write("collections and daily job are up to date")
            return
        if options["email"]:
            try:
                send_mail(f"parkstats: {found[0]}", "\n".join(found), None, options["email"])
            except OSError as error:  # also every error of smtplib
                found.append(f"the e-mail was not sent: {error}")
        raise CommandError("\n".join(found), returncode=FAILED)
