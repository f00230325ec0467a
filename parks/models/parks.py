"""Parks and their announced hours."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models

from parks.choices import DOWN_REPORTING_PARK, ScheduleType, reports_down
from parkstats_project.base.clock import live_window
from parkstats_project.base.zones import zone_named
from parkstats_project.db.fields import (
    CurrentTimestamp,
    EnumField,
    FixedCharField,
    LegacyForeignKey,
    LegacyIndex,
    SecondsField,
    TimestampField,
)


class OperatingHours(NamedTuple):
    """Announced first and last moment of a park's day, aware UTC; the last may be on the next UTC date."""

    opening: datetime
    closing: datetime


def parks_that_report_down(path: str = "") -> models.Q:
    """Parks whose source tells DOWN from CLOSED (docs/contract/rules.md 3), by a path such as `ride__park__`.

    The name is compared as its column's collation does: neither case nor blanks at the end matter.
    """
    return (
        models.Q(**{f"{path}is_disney": True})
        | models.Q(**{f"{path}is_universal": True})
        | models.Q(**{f"{path}name": DOWN_REPORTING_PARK})
    )


class ParkQuerySet(models.QuerySet["Park"]):
    """Questions to parks."""

    def active(self) -> Self:
        """Parks that are collected and shown."""
        return self.filter(is_active=True)


class ScheduleQuerySet(models.QuerySet["ParkSchedule"]):
    """Questions to announced hours."""

    def operating(self) -> Self:
        """Rows that make a park open: of the kind OPERATING, with both times."""
        return self.filter(
            schedule_type=ScheduleType.OPERATING, opening_time__isnull=False, closing_time__isnull=False
        )

    def open_at(self, moment: datetime) -> Self:
        """Rows whose hours contain the second of the moment, both ends included."""
        second = moment.replace(microsecond=0)
        return self.operating().filter(opening_time__lte=second, closing_time__gte=second)


class Park(models.Model):
    """A theme park."""

    park_id = models.AutoField(primary_key=True)
    queue_times_id = models.IntegerField(unique=True, db_comment="id at Queue-Times")
    themeparks_wiki_id = FixedCharField(
        max_length=36, null=True, blank=True, db_comment="entity at ThemeParks.wiki"
    )
    name = models.CharField(max_length=255)
    city = models.CharField(max_length=100)
    state_province = models.CharField(
        max_length=100, null=True, blank=True, db_comment="as is usual in the country, abbreviated or not"
    )
    country = models.CharField(max_length=2, db_comment="ISO 3166-1 alpha-2")
    latitude = models.DecimalField(max_digits=10, decimal_places=8, null=True, blank=True)
    longitude = models.DecimalField(max_digits=11, decimal_places=8, null=True, blank=True)
    timezone = models.CharField(
        max_length=50, db_default="America/New_York", db_comment="IANA name of the park's own zone"
    )
    operator = models.CharField(max_length=100, null=True, blank=True, db_comment="company, as far as known")
    is_disney = models.BooleanField(
        db_default=False, db_comment="in the filter disney-universal; its source reports DOWN"
    )
    is_universal = models.BooleanField(
        db_default=False, db_comment="in the filter disney-universal; its source reports DOWN"
    )
    is_active = models.BooleanField(db_default=True, db_comment="collected and shown")
    created_at = TimestampField(db_default=CurrentTimestamp())
    updated_at = TimestampField(db_default=CurrentTimestamp(), on_update=True)

    objects = ParkQuerySet.as_manager()

    class Meta:
        db_table = "parks"
        indexes = [
            # The legacy system; here the few parks are read whole.
            LegacyIndex(fields=["is_active"], name="p_active", db_name="idx_active"),
            # The legacy system.
            LegacyIndex(fields=["country"], name="p_country", db_name="idx_country"),
            # The legacy system.
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="p_disney_universal",
                db_name="idx_disney_universal",
            ),
            # The legacy system.
            LegacyIndex(fields=["operator"], name="p_operator", db_name="idx_operator"),
            # The legacy system.
            LegacyIndex(
                fields=["is_disney", "is_universal", "is_active"],
                name="p_parks_filter_active",
                db_name="idx_parks_filter_active",
            ),
            # Discovery: the park of an entity.
            LegacyIndex(
                fields=["themeparks_wiki_id"], name="p_themeparks_wiki_id", db_name="idx_themeparks_wiki_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a time zone that does not exist, wherever it is typed."""
        # Before it is saved, a park may have the database's default, which is no text yet.
        if isinstance(self.timezone, str) and zone_named(self.timezone) is None:
            raise ValidationError({"timezone": "There is no such time zone; one is America/New_York."})

    @property
    def reports_down(self) -> bool:
        """Whether its source tells DOWN from CLOSED (docs/contract/rules.md 3)."""
        return reports_down(self.name, is_disney=self.is_disney, is_universal=self.is_universal)

    def is_operating_at(self, moment: datetime) -> bool | None:
        """**park is open now** (docs/contract/rules.md 4), asked for a moment (aware).

        True within the announced hours, else what the newest snapshot of the two hours before says, else
        None; at most two queries. `stats.frames.current` answers it for all parks.
        """
        if self.is_within_operating_hours(moment):
            return True
        recent = self.activity_snapshots.between(*live_window(moment))
        seen = recent.order_by("-recorded_at", "-snapshot_id").first()
        return None if seen is None else seen.park_appears_open

    def is_within_operating_hours(self, moment: datetime) -> bool:
        """Whether its announced hours contain the moment (aware), both ends included; one query."""
        return self.schedules.open_at(moment).exists()

    def operating_hours(self, day: date) -> OperatingHours | None:
        """The announced hours of a date of the park's own calendar, None without; one query."""
        announced = self.schedules.operating().filter(schedule_date=day).first()
        if announced is None or announced.opening_time is None or announced.closing_time is None:
            return None
        return OperatingHours(announced.opening_time, announced.closing_time)


class ParkSchedule(models.Model):
    """The announced hours of one park and date, by kind (docs/contract/jobs.md 1.5)."""

    schedule_id = models.AutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="fk_park_schedules_park",
        db_column="park_id",
        related_name="schedules",
    )
    schedule_date = models.DateField(db_comment="date in the park's own zone")
    opening_time = SecondsField(null=True, blank=True, db_comment="UTC")
    closing_time = SecondsField(null=True, blank=True, db_comment="UTC, may be on the next date")
    schedule_type = EnumField(
        choices=ScheduleType.choices,
        null=True,
        blank=True,
        db_default=ScheduleType.OPERATING,
        db_comment="as at ThemeParks.wiki; OPERATING alone opens the park",
    )
    fetched_at = SecondsField(db_default=CurrentTimestamp(), db_comment="when the source was read, UTC")
    created_at = SecondsField(null=True, blank=True, db_default=CurrentTimestamp())
    updated_at = SecondsField(null=True, blank=True, db_default=CurrentTimestamp(), on_update=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        db_table = "park_schedules"
        verbose_name = "announced hours"
        verbose_name_plural = "announced hours"
        get_latest_by = "schedule_date"
        constraints = [
            # The collector: announced hours are found again when they are read anew.
            models.UniqueConstraint(
                fields=["park", "schedule_date", "schedule_type", "opening_time"], name="uk_park_date_type"
            ),
        ]
        indexes = [
            # frames.current: hours around a moment, of all parks.
            LegacyIndex(fields=["schedule_date"], name="ps_ps_date", db_name="idx_ps_date"),
            # The collector: whose hours are due.
            LegacyIndex(fields=["fetched_at"], name="ps_ps_fetched", db_name="idx_ps_fetched"),
            # Park.operating_hours; the foreign key.
            LegacyIndex(fields=["park", "schedule_date"], name="ps_ps_park_date", db_name="idx_ps_park_date"),
            # The legacy system.
            LegacyIndex(fields=["schedule_type"], name="ps_ps_type", db_name="idx_ps_type"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} on {self.schedule_date}: {self.schedule_type}"
