"""Days rebuilt from a source's history are what polling would have stored (docs/data.md 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.feeds.answers import BudgetSpent
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.timeline import state_at
from parkstats_project.tests.upstream.world import PLACES, make_id, utc
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.frames import archive, observations, roster
from stats.jobs import monitor
from stats.jobs.collect.mend import Mended, mend
from stats.jobs.collect.run import collect
from stats.models import CollectionRun, MendedDay, ParkDailyStats, ParkDayArchive, RideDailyStats
from stats.tests.collected import make_world, upstream_at

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.no_cover]

STEP = timedelta(minutes=10)
SPLASH = make_id("splash")
UNSEEN = ("unrecorded", "no_status")
ZONES = {
    "p1": "America/New_York",
    "p2": "America/New_York",
    "p3": "America/Los_Angeles",
    "p4": "Europe/Paris",
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def mend_at(upstream: FakeUpstream, moment: str | datetime, **choice) -> list[Mended]:
    with upstream_at(upstream, moment), override_settings(PARKSTATS_THEMEPARKS_KEY="free-key"):
        return list(mend(**choice))


def collect_at(upstream: FakeUpstream, moments: list[datetime]) -> None:
    for moment in moments:
        with upstream_at(upstream, moment):
            collect()


def midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def steps(start: datetime, end: datetime) -> list[datetime]:
    number = int((end - start) / STEP)
    return [start + n * STEP for n in range(number)]


def polled(key: str, day: date) -> set[tuple[str, datetime, str, int | None]]:
    """What polling a park at every step of its day shows of each attraction that has a status."""
    start, end = (utc(midnight(d, ZONES[key]).isoformat()) for d in (day, day + timedelta(days=1)))
    found = set()
    for at in steps(start, end):
        for place in PLACES:
            here = place.type == "ATTRACTION" and place.kind not in UNSEEN and place.listed_at(at)
            park = place.park_at(at) if here else None
            if park is not None and park.key == key:
                state = state_at(place, at)[1]
                wait = (state.get("queue") or {}).get("STANDBY", {}).get("waitTime")
                found.add((place.id, at, state["status"], wait))
    return found


def stored() -> set:
    rows = RideStatusSnapshot.objects.values_list(
        "ride__themeparks_wiki_id", "recorded_at", "status", "wait_time"
    )
    found = list(rows)
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(
    ("key", "day", "steps_of_day"),
    [
        ("p1", date(2026, 3, 8), 138),  # clocks go forward
        ("p1", date(2026, 11, 1), 150),  # and back
        ("p4", date(2026, 3, 29), 138),
        ("p1", date(2026, 7, 18), 144),  # a ride is renamed
        ("p1", date(2026, 7, 20), 144),  # a ride has gone to the next park
        ("p2", date(2026, 7, 20), 144),  # and has come
        ("p3", date(2026, 7, 18), 144),  # a new ride, two openings
        ("p2", date(2026, 7, 15), 144),  # past midnight
    ],
)
def test_a_rebuilt_day_has_the_rows_of_a_polled_one(upstream, key, day, steps_of_day):
    make_world("p1", "p2", key)
    park = Park.objects.get(themeparks_wiki_id=make_id(key))
    [mended] = mend_at(upstream, midnight(day + timedelta(days=2), ZONES[key]), day=day, parks=[park.pk])
    assert (mended.collections, mended.note) == (steps_of_day, "")
    assert stored() == polled(key, day)
    rows = ParkActivitySnapshot.objects.all()
    assert {row.rebuilt for row in rows} == {True}
    assert rows.count() == steps_of_day
    for row in RideStatusSnapshot.objects.all():
        assert row.is_open == row.computed_is_open == (row.status == "OPERATING")


def faultless_and_mended(upstream, gap: tuple[int, int]) -> tuple[list, list]:
    """The rows of two hours, polled without a gap, and with one that is mended."""
    make_world("p1")
    moments = steps(utc("2026-07-15T14:00:00Z"), utc("2026-07-15T17:30:00Z"))

    def rows() -> list:
        return [
            list(
                RideStatusSnapshot.objects.order_by("recorded_at", "ride").values_list(
                    "ride", "recorded_at", "status", "wait_time"
                )
            ),
            list(
                RideStatusChange.objects.order_by("changed_at", "ride").values_list(
                    "ride", "changed_at", "previous_status", "new_status", "duration_in_previous_status"
                )
            ),
            list(
                ParkActivitySnapshot.objects.order_by("recorded_at").values_list(
                    "recorded_at", "rides_open", "avg_wait_time", "park_appears_open", "shame_score"
                )
            ),
        ]

    collect_at(upstream, moments)
    first = rows()
    for model in (RideStatusSnapshot, RideStatusChange, ParkActivitySnapshot):
        model.objects.all().delete()
    Ride.objects.update(last_operated_at=None, status_since=None)
    collect_at(upstream, moments[: gap[0]] + moments[gap[1] :])
    with_gap = rows()
    assert with_gap != first
    # Nothing of the hours before the first collection.
    MendedDay.objects.all().delete()
    mend_at(upstream, moments[-1] + 2 * STEP, day=date(2026, 7, 15))
    kept = {"recorded_at__gte": moments[0], "recorded_at__lte": moments[-1]}
    RideStatusSnapshot.objects.exclude(**kept).delete()
    ParkActivitySnapshot.objects.exclude(**kept).delete()
    return first, rows()


def test_a_gap_that_is_mended_leaves_what_a_run_without_it_would_have_left(upstream):
    first, mended = faultless_and_mended(upstream, (6, 15))
    assert mended[0] == first[0]
    inside = [change for change in mended[1] if change[1] >= utc("2026-07-15T14:10:00Z")]
    assert inside == first[1]
    assert [row[:4] for row in mended[2]] == [row[:4] for row in first[2]]


def test_what_was_observed_stays_as_it_was(upstream):
    make_world("p1")
    collect_at(upstream, steps(utc("2026-07-15T14:00:00Z"), utc("2026-07-15T14:30:00Z")))
    RideStatusSnapshot.objects.update(wait_time=77)
    before = list(RideStatusSnapshot.objects.order_by("pk").values())
    mend_at(upstream, "2026-07-16T20:00:00Z", day=date(2026, 7, 15))
    ids = [row["snapshot_id"] for row in before]
    assert list(RideStatusSnapshot.objects.filter(pk__in=ids).order_by("pk").values()) == before
    assert ParkActivitySnapshot.objects.filter(rebuilt=False).count() == 3
    assert ParkActivitySnapshot.objects.filter(rebuilt=True).count() == 141


def test_a_day_without_gaps_is_not_asked_for_again(upstream):
    make_world("p1")
    mend_at(upstream, "2026-07-17T20:00:00Z", day=date(2026, 7, 15))
    upstream.control(clear_requests=True)
    assert mend_at(upstream, "2026-07-17T20:00:00Z", day=date(2026, 7, 15)) == []
    assert upstream.requests == []


def test_a_new_installation_fills_the_days_in_reach_and_their_figures(upstream):
    park = make_world("p3")["p3"]
    with upstream_at(upstream, "2026-07-17T20:00:00Z"):
        mended = list(mend(days=3))
    assert [one.day for one in mended] == [date(2026, 7, day) for day in (15, 16, 17)]
    assert ParkDailyStats.objects.filter(park=park, stat_date=date(2026, 7, 15)).exists()
    assert archive.archived_days(archive.OBSERVATIONS, archive.DateSpan(date(2026, 7, 15), date(2026, 7, 16)))
    run = CollectionRun.objects.get(job="mend")
    assert (run.status, run.parks_written) == ("success", 3)
    assert Ride.objects.filter(last_operated_at__isnull=False).exists()


def test_days_before_there_was_a_park_count_once_they_are_rebuilt(upstream):
    """As on the first day of an installation: a park is entered, collected, then its past is asked for."""
    park = make_world("p3")["p3"]
    Park.objects.update(created_at=utc("2026-07-17T19:30:00Z"))
    collect_at(upstream, [utc("2026-07-17T20:00:00Z")])
    with upstream_at(upstream, "2026-07-17T20:00:00Z"):
        assert roster.current().since == utc("2026-07-17T19:30:00Z")
        list(mend(days=3))
        days = [date(2026, 7, day) for day in (15, 16)]
        assert sorted(ParkDailyStats.objects.filter(park=park).values_list("stat_date", flat=True)) == days
        this_morning = clock.Window(utc("2026-07-17T08:00:00Z"), utc("2026-07-17T09:00:00Z"))
        assert observations.parks(this_morning).height == 6
        assert not [
            one
            for one in monitor.problems(now=clock.now(), version=1)
            if "left out of everything" in str(one)
        ]


def test_figures_of_a_mended_day_are_computed_again(upstream):
    make_world("p3")
    collect_at(upstream, steps(utc("2026-07-15T18:00:00Z"), utc("2026-07-15T19:00:00Z")))
    with upstream_at(upstream, "2026-07-16T20:00:00Z"):
        call_command("recompute_daily_stats", "--date", "2026-07-15", "--allow-gaps", "--no-progress")
        archive.write_day(date(2026, 7, 15))
    ride = Ride.objects.get(themeparks_wiki_id=make_id("dipper"))
    few = RideDailyStats.objects.get(ride=ride, stat_date=date(2026, 7, 15)).operating_hours_minutes
    RideStatusSnapshot.objects.all().delete()
    ParkActivitySnapshot.objects.all().delete()
    mend_at(upstream, "2026-07-18T20:00:00Z", day=date(2026, 7, 15))
    assert RideDailyStats.objects.get(ride=ride, stat_date=date(2026, 7, 15)).operating_hours_minutes >= few
    rows = archive.read_observations(archive.DateSpan(date(2026, 7, 15), date(2026, 7, 15))).rides
    assert rows.filter(rows["ride_id"] == ride.pk).height == 144


def test_what_the_source_could_not_look_up_is_asked_for_again_later(upstream):
    make_world("p1")
    upstream.fault("/history", "degraded_opening", entity=SPLASH)
    [first] = mend_at(upstream, "2026-07-16T20:00:00Z", day=date(2026, 7, 15))
    assert first.note == "the beginning of 1 rides was cut short"
    assert not MendedDay.objects.get().complete
    assert 0 < first.collections < 144
    upstream.control(clear_faults=True)
    [second] = mend_at(upstream, "2026-07-16T21:00:00Z", day=date(2026, 7, 15))
    assert first.collections + second.collections == 144
    assert MendedDay.objects.get().complete
    assert stored() == polled("p1", date(2026, 7, 15))


def test_what_is_unknown_stays_unknown(upstream):
    make_world("p1")
    upstream.fault("/history", "unknown_opening", entity=SPLASH)
    mend_at(upstream, "2026-07-16T20:00:00Z", day=date(2026, 7, 15))
    known = RideStatusSnapshot.objects.filter(ride__themeparks_wiki_id=SPLASH)
    first = known.earliest("recorded_at").recorded_at
    assert first > midnight(date(2026, 7, 15), ZONES["p1"]) + timedelta(hours=6)
    assert {row for row in polled("p1", date(2026, 7, 15)) if row[0] != SPLASH or row[1] >= first} == stored()


def test_a_spent_budget_ends_the_run_and_the_next_one_goes_on(upstream):
    make_world("p1", "p3")
    upstream.control(limits={"rest": None, "history": 1})
    with pytest.raises(BudgetSpent):
        mend_at(upstream, "2026-07-16T20:00:00Z", day=date(2026, 7, 15))
    assert MendedDay.objects.count() == 1
    with (
        upstream_at(upstream, "2026-07-16T20:10:00Z"),
        override_settings(PARKSTATS_THEMEPARKS_KEY="free-key"),
        pytest.raises(CommandError) as failure,
    ):
        call_command("mend", "--date", "2026-07-15")
    assert failure.value.returncode == 75
    mend_at(upstream, "2026-07-16T21:10:00Z", day=date(2026, 7, 15))
    assert MendedDay.objects.count() == 2


def test_a_day_that_fails_is_named_and_not_done(upstream):
    make_world("p1", "p3")
    upstream.fault(f"{make_id('p1')}/history", "html")
    with upstream_at(upstream, "2026-07-16T20:00:00Z"), pytest.raises(CommandError) as failure:
        call_command("mend", "--date", "2026-07-15")
    assert failure.value.returncode == 4
    assert "2026-07-15" in str(failure.value)
    assert MendedDay.objects.count() == 1


def test_a_day_that_history_does_not_reach_is_not_asked_for_again(upstream):
    make_world("p1")
    upstream.fault("/history", "status", status=403)
    mend_at(upstream, "2026-07-16T20:00:00Z", day=date(2026, 7, 15))
    day = MendedDay.objects.get()
    assert (day.complete, day.collections) == (True, 0)
    assert not ParkDayArchive.objects.exists()


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-12-20", None),  # begins on the first islands
        ("2025-12-21", "2025-12-21 is still to come"),
        ("2025-12-12", None),
        ("2025-12-11", "the history of the source reaches back to 2025-12-12"),
    ],
)
def test_a_date_that_nobody_can_ask_for_is_refused(upstream, day, said):
    with upstream_at(upstream, "2025-12-19T10:30:00+00:00"), override_settings(PARKSTATS_THEMEPARKS_KEY=""):
        if said is None:
            call_command("mend", date=date.fromisoformat(day))
            return
        with pytest.raises(CommandError, match=said) as refused:
            call_command("mend", date=date.fromisoformat(day))
    assert refused.value.returncode == 2
