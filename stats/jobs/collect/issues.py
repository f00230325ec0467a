"""Doubts about what a source says, kept in `data_quality_issues` until their cause is gone.

A doubt is about a ride or about a park, and of one kind. It is written again every hour as long as it lasts
(docs/contract/jobs.md 5), and resolved, all rows of it, by the first answer that no longer gives rise to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Max, QuerySet

from parkstats_project.feeds.answers import Concern, Doubt
from stats.choices import DataSource
from stats.jobs.collect.facts import Facts, ParkFacts
from stats.jobs.collect.rows import ParkRows
from stats.jobs.collect.seen import age_minutes
from stats.models import DataQualityIssue

AGAIN: Final = timedelta(minutes=60)
"""A doubt that lasts is written again after this."""


class Key(NamedTuple):
    """What a doubt is about: without a ride, the park."""

    source: str
    concern: str
    park_id: int | None
    ride_id: int | None


class Found(NamedTuple):
    """A doubt about something, with what the source said of it."""

    key: Key
    doubts: list[Doubt]
    entity: str
    name: str
    updated: datetime | None
    status: str | None


class Settled(NamedTuple):
    """What a transaction did to the issues."""

    at: datetime
    entered: list[Key]
    resolved: list[Key]


class Issues:
    """The doubts of one run, and what was known of them before; reading the latter costs two queries."""

    def __init__(self, known: Facts, *, now: datetime) -> None:
        self._known = known
        recent = DataQualityIssue.objects.filter(detected_at__gte=now - AGAIN)
        self._open = _newest(DataQualityIssue.objects.filter(is_resolved=False))
        self._newest = {**self._open, **_newest(recent)}

    def write(self, rows: ParkRows) -> Settled:
        """Enter the doubts about a park's answer, resolve those that it no longer gives rise to.

        What was done is remembered by `settle`, once the transaction has ended.
        """
        found, at = list(self._found(rows)), rows.sighting.at
        lasting = {one.key for one in found}
        return Settled(at, self._enter(found, at), self._resolve(rows.park, lasting, at))

    def settle(self, settled: Settled) -> None:
        """Remember what a transaction has written."""
        for key in settled.resolved:
            self._open.pop(key, None)
        for key in settled.entered:
            self._open[key] = self._newest[key] = settled.at

    def write_failure(self, park: ParkFacts, reason: str, *, at: datetime) -> Settled:
        """Enter that a park could not be collected; remembered by `settle`, too."""
        key = Key(park.source, Concern.MISSING_DATA, park.park_id, None)
        doubt = Doubt(Concern.MISSING_DATA, reason)
        found = Found(key, [doubt], source_id(park), park.name, None, None)
        return Settled(at, self._enter([found], at), [])

    def _found(self, rows: ParkRows) -> Iterable[Found]:
        by_key: dict[Key, Found] = {}
        sighting = rows.sighting
        park_id = rows.park.park_id
        for doubt in rows.park_doubts:
            key = Key(sighting.source, doubt.concern, park_id, None)
            about_park = Found(key, [], source_id(rows.park), rows.park.name, None, None)
            by_key.setdefault(key, about_park).doubts.append(doubt)

        def add(entity: str, name: str, doubt: Doubt, updated: datetime | None, status: str | None) -> None:
            ride = self._known.ride(sighting.source, entity)
            if ride is None:  # nobody knows it, so nobody can look at it
                return
            key = Key(sighting.source, doubt.concern, park_id, ride.ride_id)
            by_key.setdefault(key, Found(key, [], entity, name, updated, status)).doubts.append(doubt)

        for item in sighting.items:
            for doubt in item.doubts:
                add(item.key, item.name, doubt, item.updated, item.status)
        for refused in sighting.refused:
            add(refused.key, refused.name, refused.doubt, None, None)
        for row in rows.rides:
            if lasting := rows.ride_doubts.get(row.ride.ride_id):
                add(row.item.key, row.item.name, lasting, row.item.updated, row.item.status)
        return by_key.values()

    def _enter(self, found: Iterable[Found], at: datetime) -> list[Key]:
        due = [one for one in found if self._newest.get(one.key, at - AGAIN) <= at - AGAIN]
        DataQualityIssue.objects.bulk_create(_row(one, at) for one in due)
        return [one.key for one in due]

    def _resolve(self, park: ParkFacts, lasting: set[Key], at: datetime) -> list[Key]:
        resolved = []
        for key in self._open:
            if (key.source, key.park_id) != (park.source, park.park_id) or key in lasting:
                continue
            about = DataQualityIssue.objects.filter(
                is_resolved=False, data_source=key.source, issue_type=key.concern, park_id=park.park_id
            )
            one = (
                about.filter(ride_id__isnull=True)
                if key.ride_id is None
                else about.filter(ride_id=key.ride_id)
            )
            one.update(is_resolved=True, resolved_at=at)
            resolved.append(key)
        return resolved


def _newest(rows: QuerySet[DataQualityIssue]) -> dict[Key, datetime]:
    grouped = rows.values_list("data_source", "issue_type", "park_id", "ride_id")
    return {Key(*key): at for *key, at in grouped.annotate(at=Max("detected_at")).order_by()}


def _row(found: Found, at: datetime) -> DataQualityIssue:
    of_wiki = found.key.source == DataSource.THEMEPARKS_WIKI
    stale = found.key.concern == Concern.STALE_DATA and found.updated is not None
    details = "; ".join(f"{doubt.fault}: {doubt.detail}".removesuffix(": ") for doubt in found.doubts)
    return DataQualityIssue(
        data_source=found.key.source,
        issue_type=found.key.concern,
        detected_at=at.replace(microsecond=0),
        park_id=found.key.park_id,
        ride_id=found.key.ride_id,
        themeparks_wiki_id=found.entity[:36] if of_wiki else None,
        queue_times_id=int(found.entity) if not of_wiki and found.entity.isdigit() else None,
        entity_name=found.name[:255],
        last_updated_api=found.updated,
        data_age_minutes=age_minutes(found.updated, at) if stale and found.updated else None,
        reported_status=found.status,
        details=None if details == "stale" else details,
    )


def source_id(park: ParkFacts) -> str:
    """The park's id at its source."""
    return park.themeparks_wiki_id or str(park.queue_times_id)
