"""Statements that took long: what to look at first when something is slow."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import FixedCharField, PlainTextField


class SlowStatement(models.Model):
    """All slow runs of statements of one shape on one (UTC) day (`stats.jobs.slow_statements`)."""

    day = models.DateField()
    fingerprint = FixedCharField(max_length=12)
    times = models.IntegerField()
    # Milliseconds of all runs together, and of the longest one; `work` is the route or command of that one.
    total_ms = models.BigIntegerField()
    longest_ms = models.IntegerField()
    work = models.CharField(max_length=200)
    # Without values.
    statement = PlainTextField()
    # A line for each table, as of the first run of the day; empty if there is none.
    plan = PlainTextField(blank=True)

    class Meta:
        db_table = "slow_statement"
        constraints = [
            # stats.jobs.slow_statements: the row to count on; the admin's list, newest day first.
            models.UniqueConstraint(fields=["day", "fingerprint"], name="unique_slow_statement"),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint} on {self.day}"
