"""Weather of the running hour and forecasts for all parks (docs/operation.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from parkstats_project.base.exit_codes import BUDGET_SPENT, FAILED, INCOMPLETE
from stats.jobs.collect.log import STOPPED
from stats.jobs.collect.weather import collect_weather
from stats.management.arguments import finishing_on_signal
from stats.management.job import Job


class Command(Job):
    help = (
        "Collect the weather from Open-Meteo; once an hour. Exit codes: 0 done, 1 failed, 3 another run at "
        "work, 4 done except for parks that are named, 75 the source's budget is spent."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with finishing_on_signal() as stop:
            outcome = collect_weather(stop=stop)
        self.stdout.write(f"{outcome.parks} parks, {outcome.forecasts} hours of forecasts")
        for fault, number in sorted(outcome.faults.items()):
            self.stdout.write(f"  {fault}: {number}")
        named = ", ".join(map(str, sorted(outcome.missing)))
        if outcome.spent:
            raise CommandError(
                f"Open-Meteo wants a longer rest; without park {named}", returncode=BUDGET_SPENT
            )
        if STOPPED in outcome.missing.values():
            raise CommandError(f"stopped; without park {named}", returncode=FAILED)
        if outcome.missing:
            reasons = "; ".join(sorted(set(outcome.missing.values())))
            code = INCOMPLETE if outcome.parks else FAILED
            raise CommandError(f"without park {named}: {reasons}", returncode=code)
