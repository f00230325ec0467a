"""Weekly, monthly and yearly statistics, rolled up from daily ones (docs/contract/daily-aggregation.md 6)."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import LegacyForeignKey, LegacyIndex
from stats.models.figures import ParkFigures, RideFigures


class Week(models.Model):
    """One ISO week."""

    year = models.IntegerField(db_comment="ISO year")
    week_number = models.IntegerField(db_comment="ISO week")
    week_start_date = models.DateField(db_comment="Monday of the week")
    trend_vs_previous_week = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        db_comment="change of downtime against the week before, in percent",
    )

    class Meta:
        abstract = True
        get_latest_by = ["year", "week_number"]

    def __str__(self) -> str:
        return f"{self.year}-W{self.week_number:02}"


class Month(models.Model):
    """One month of the calendar."""

    year = models.IntegerField()
    month = models.IntegerField()
    trend_vs_previous_month = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        db_comment="change of downtime against the month before, in percent",
    )

    class Meta:
        abstract = True
        get_latest_by = ["year", "month"]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


class Year(models.Model):
    """One year."""

    year = models.IntegerField()
    trend_vs_previous_year = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        db_comment="change of downtime against the year before, in percent",
    )

    class Meta:
        abstract = True
        get_latest_by = ["year"]

    def __str__(self) -> str:
        return f"{self.year}"


class RideWeeklyStats(Week, RideFigures):
    """One ride in one ISO week."""

    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_weekly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="weekly_stats",
    )

    class Meta(Week.Meta):
        db_table = "ride_weekly_stats"
        verbose_name = "week of a ride"
        verbose_name_plural = "rides by week"
        constraints = [
            # jobs.rollup: one row for each ride and week, found again when it is rebuilt.
            models.UniqueConstraint(fields=["ride", "year", "week_number"], name="unique_ride_week"),
        ]
        indexes = [
            # The foreign key; a ride's rows, newest first, in the admin.
            LegacyIndex(
                fields=["ride", "-year", "-week_number"], name="rws_ride_week", db_name="idx_ride_week"
            ),
            # questions.rides.downtime: rides of one week, worst first.
            LegacyIndex(
                fields=["-year", "-week_number", "-downtime_minutes"],
                name="rws_ride_weekly_ranking",
                db_name="idx_ride_weekly_ranking",
            ),
            # questions, jobs.rollup: all rides of one week.
            LegacyIndex(fields=["-year", "-week_number"], name="rws_week", db_name="idx_week"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} in {super().__str__()}"


class ParkWeeklyStats(Week, ParkFigures):
    """One park in one ISO week."""

    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_weekly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="weekly_stats",
    )

    class Meta(Week.Meta):
        db_table = "park_weekly_stats"
        verbose_name = "week of a park"
        verbose_name_plural = "parks by week"
        constraints = [
            # jobs.rollup: one row for each park and week, found again when it is rebuilt.
            models.UniqueConstraint(fields=["park", "year", "week_number"], name="unique_park_week"),
        ]
        indexes = [
            # The foreign key; a park's rows, newest first, in the admin.
            LegacyIndex(
                fields=["park", "-year", "-week_number"], name="pws_park_week", db_name="idx_park_week"
            ),
            # questions.parks.downtime: parks of one week, worst first.
            LegacyIndex(
                fields=["-year", "-week_number", "-total_downtime_hours"],
                name="pws_park_weekly_ranking",
                db_name="idx_park_weekly_ranking",
            ),
            # questions, jobs.rollup: all parks of one week.
            LegacyIndex(fields=["-year", "-week_number"], name="pws_week", db_name="idx_week"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} in {super().__str__()}"


class RideMonthlyStats(Month, RideFigures):
    """One ride in one month."""

    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_monthly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="monthly_stats",
    )

    class Meta(Month.Meta):
        db_table = "ride_monthly_stats"
        verbose_name = "month of a ride"
        verbose_name_plural = "rides by month"
        constraints = [
            # jobs.rollup: one row for each ride and month, found again when it is rebuilt.
            models.UniqueConstraint(fields=["ride", "year", "month"], name="unique_ride_month"),
        ]
        indexes = [
            # questions, jobs.rollup: all rides of one month.
            LegacyIndex(fields=["-year", "-month"], name="rms_month", db_name="idx_month"),
            # The foreign key; a ride's rows, newest first, in the admin.
            LegacyIndex(fields=["ride", "-year", "-month"], name="rms_ride_month", db_name="idx_ride_month"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} in {super().__str__()}"


class ParkMonthlyStats(Month, ParkFigures):
    """One park in one month."""

    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_monthly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="monthly_stats",
    )

    class Meta(Month.Meta):
        db_table = "park_monthly_stats"
        verbose_name = "month of a park"
        verbose_name_plural = "parks by month"
        constraints = [
            # jobs.rollup: one row for each park and month, found again when it is rebuilt.
            models.UniqueConstraint(fields=["park", "year", "month"], name="unique_park_month"),
        ]
        indexes = [
            # questions, jobs.rollup: all parks of one month.
            LegacyIndex(fields=["-year", "-month"], name="pms_month", db_name="idx_month"),
            # The foreign key; a park's rows, newest first, in the admin.
            LegacyIndex(fields=["park", "-year", "-month"], name="pms_park_month", db_name="idx_park_month"),
            # questions.parks.downtime: parks of one month, worst first.
            LegacyIndex(
                fields=["-year", "-month", "-total_downtime_hours"],
                name="pms_park_monthly_ranking",
                db_name="idx_park_monthly_ranking",
            ),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} in {super().__str__()}"


class RideYearlyStats(Year, RideFigures):
    """One ride in one year."""

    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_yearly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="yearly_stats",
    )

    class Meta(Year.Meta):
        db_table = "ride_yearly_stats"
        verbose_name = "year of a ride"
        verbose_name_plural = "rides by year"
        constraints = [
            # jobs.rollup: one row for each ride and year, found again when it is rebuilt.
            models.UniqueConstraint(fields=["ride", "year"], name="unique_ride_year"),
        ]
        indexes = [
            # The foreign key; a ride's rows, newest first, in the admin.
            LegacyIndex(fields=["ride", "-year"], name="rys_ride_year", db_name="idx_ride_year"),
            # jobs.rollup: all rides of one year.
            LegacyIndex(fields=["-year"], name="rys_year", db_name="idx_year"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} in {super().__str__()}"


class ParkYearlyStats(Year, ParkFigures):
    """One park in one year."""

    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_yearly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="yearly_stats",
    )

    class Meta(Year.Meta):
        db_table = "park_yearly_stats"
        verbose_name = "year of a park"
        verbose_name_plural = "parks by year"
        constraints = [
            # jobs.rollup: one row for each park and year, found again when it is rebuilt.
            models.UniqueConstraint(fields=["park", "year"], name="unique_park_year"),
        ]
        indexes = [
            # The foreign key; a park's rows, newest first, in the admin.
            LegacyIndex(fields=["park", "-year"], name="pys_park_year", db_name="idx_park_year"),
            # jobs.rollup: all parks of one year.
            LegacyIndex(fields=["-year"], name="pys_year", db_name="idx_year"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} in {super().__str__()}"
