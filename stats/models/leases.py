"""Whose turn it is."""

from __future__ import annotations

from django.db import models


class JobLease(models.Model):
    """The right to be the only run of a job for a while (`stats.jobs.lease`); free if nobody owns it."""

    name = models.CharField(primary_key=True, max_length=64)
    owner = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "job_leases"

    def __str__(self) -> str:
        return self.name
