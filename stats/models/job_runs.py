"""What each job did last."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """The last run of a job that a timer starts (`stats.jobs.history`)."""

    job = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    # docs/operation.md, Exit codes.
    exit_code = models.SmallIntegerField()
    message = models.CharField(max_length=255, blank=True)
    # The last end with 0 or 4: done, or done except for gaps.
    succeeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "job_runs"
        verbose_name = "last run of a job"
        verbose_name_plural = "last runs of jobs"
        # For those who start jobs from the admin.
        permissions = [("operate_jobs", "Can start jobs")]

    def __str__(self) -> str:
        return self.job
