"""Runs of the jobs that ask the sources, as the admin and the monitor see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import Error

from parkstats_project.base import clock
from parkstats_project.db import errors
from stats.choices import CollectingJob, RunStatus
from stats.models import CollectionRun

STOPPED: Final = "stopped"
"""Why a park is missing in a run that was told to end."""


@contextmanager
def logged(job: CollectingJob) -> Iterator[CollectionRun]:
    """A row of `collection_runs`, for the caller to fill in; saved at the end, whatever the end is.

    The caller holds the job's lease: whatever says that it runs was killed.
    """
    died = CollectionRun.objects.filter(job=job, status=RunStatus.RUNNING)
    errors.retried(lambda: died.update(status=RunStatus.FAILED))
    run = CollectionRun(job=job, started_at=clock.now().replace(microsecond=0))
    errors.retried(run.save)
    run.refresh_from_db()  # MySQL does not say what it has filled in
    run.status = RunStatus.FAILED
    try:
        yield run
        run.status = RunStatus.SUCCESS if run.parks_written or not run.parks_missing else RunStatus.FAILED
    finally:
        run.ended_at = clock.now().replace(microsecond=0)
        with suppress(Error):  # the server is away: the next run closes the row
            errors.retried(run.save)
