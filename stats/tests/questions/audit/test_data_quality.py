"""Doubtful data that the collector reported (docs/contract/audit.md 7, 8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from model_bakery import baker

from stats.models import DataQualityIssue
from stats.questions.audit import data_quality
from stats.tests.observed import NOW, a_park, a_ride

pytestmark = pytest.mark.django_db


def reported(*, hours_ago=1.0, **fields):
    given = {
        "data_source": "themeparks_wiki",
        "issue_type": "STALE_DATA",
        "detected_at": NOW - timedelta(hours=hours_ago),
        "is_resolved": False,
        "themeparks_wiki_id": "a",
        "entity_name": "Big Drop",
    }
    return baker.make(DataQualityIssue, **(given | fields))


def issues(**asked):
    return data_quality.issues(now=NOW, **({"hours": 24, "source": None, "unresolved": True} | asked))


def summary(**asked):
    return data_quality.summary(now=NOW, **({"days": 7, "source": "themeparks_wiki"} | asked))


def ids(rows):
    return [row["issue_id"] for row in rows]


def test_an_issue_is_shown_without_its_details():
    park = a_park(name="Castle Park")
    issue = reported(
        park=park,
        ride=a_ride(park, name="Drop"),
        last_updated_api=NOW - timedelta(days=1, seconds=3),
        data_age_minutes=90,
        reported_status="DOWN",
        details="secret",
    )
    assert issues() == [
        {
            "issue_id": issue.pk,
            "data_source": "themeparks_wiki",
            "issue_type": "STALE_DATA",
            "detected_at": "2025-12-20T21:35:00",
            "themeparks_wiki_id": "a",
            "queue_times_id": None,
            "entity_name": "Big Drop",
            "last_updated_api": "2025-12-19T22:34:57",
            "data_age_minutes": 90,
            "reported_status": "DOWN",
            "is_resolved": 0,
            "park_name": "Castle Park",
            "ride_name": "Drop",
        }
    ]


def test_an_issue_without_links_shows_nulls():
    reported(themeparks_wiki_id=None, entity_name=None)
    (row,) = issues()
    empty = ("park_name", "ride_name", "entity_name", "themeparks_wiki_id", "last_updated_api")
    assert {row[key] for key in empty} == {None}


def test_the_newest_come_first_and_those_of_one_moment_by_id():
    first, second = reported(hours_ago=2), reported(hours_ago=2)
    newest = reported(hours_ago=1)
    assert ids(issues()) == [newest.pk, first.pk, second.pk]


def test_issues_as_old_as_asked_for_are_included():
    edge, older = reported(hours_ago=24), reported(hours_ago=24.001)
    assert ids(issues()) == [edge.pk]
    assert ids(issues(hours=25)) == [edge.pk, older.pk]
    assert issues(hours=0) == issues(hours=-5) == []


def test_resolved_issues_are_shown_when_asked_for():
    open_one, resolved = reported(), reported(is_resolved=True)
    unknown = reported(is_resolved=None)
    assert ids(issues()) == [open_one.pk]
    rows = issues(unresolved=False)
    assert ids(rows) == [open_one.pk, resolved.pk, unknown.pk]
    assert [row["is_resolved"] for row in rows][:2] == [0, 1]


def test_a_source_that_is_unknown_has_no_issue_and_an_empty_one_is_no_filter():
    reported()
    other = reported(data_source="queue_times")
    assert ids(issues(source="queue_times")) == [other.pk]
    assert issues(source="no such source") == []
    assert len(issues(source="")) == 2


def test_no_more_than_a_hundred_issues_are_shown():
    for _ in range(101):
        reported()
    assert len(issues()) == 100


@pytest.mark.parametrize("number", [10**7, 10**12, 10**30, -(10**30)])
def test_a_span_beyond_the_calendar_is_an_overflow(number):
    with pytest.raises(OverflowError):
        issues(hours=number * 24)
    with pytest.raises(OverflowError):
        summary(days=number)


def test_the_summary_counts_the_stale_reports_of_each_entity():
    park = a_park(name="Castle Park")
    reported(park=park, data_age_minutes=90, reported_status="DOWN", hours_ago=12)
    reported(park=park, data_age_minutes=104, reported_status="CLOSED", hours_ago=6, is_resolved=True)
    reported(park=park, data_age_minutes=118, reported_status="DOWN", hours_ago=1)
    assert [row | {"avg_staleness_minutes": str(row["avg_staleness_minutes"])} for row in summary()] == [
        {
            "themeparks_wiki_id": "a",
            "entity_name": "Big Drop",
            "park_name": "Castle Park",
            "issue_count": 3,
            "max_staleness_minutes": 118,
            "avg_staleness_minutes": "104.0000",
            "first_detected": "2025-12-20T10:35:00",
            "last_detected": "2025-12-20T21:35:00",
            "statuses_seen": "CLOSED,DOWN",
        }
    ]


def test_only_stale_reports_of_the_source_count():
    reported(issue_type="MISSING_DATA")
    reported(data_source="queue_times")
    reported(hours_ago=24 * 7 + 0.1)
    assert summary() == []
    assert len(summary(source="queue_times")) == 1
    assert len(summary(days=8)) == 1
    assert summary(source="") == summary(source="other") == []


def test_an_average_has_four_places_and_leaves_unknown_ages_out():
    for age in (1, 2, 2, None):
        reported(data_age_minutes=age)
    (row,) = summary()
    assert (row["issue_count"], str(row["avg_staleness_minutes"])) == (4, "1.6667")


def test_without_any_age_or_status_there_is_none():
    reported(data_age_minutes=None, reported_status=None, themeparks_wiki_id=None, entity_name=None)
    (row,) = summary()
    assert row["max_staleness_minutes"] is row["avg_staleness_minutes"] is row["statuses_seen"] is None
    assert row["themeparks_wiki_id"] is row["entity_name"] is row["park_name"] is None


def test_statuses_of_entities_without_a_name_are_seen_too():
    reported(reported_status="DOWN", themeparks_wiki_id=None, entity_name=None)
    assert [row["statuses_seen"] for row in summary()] == ["DOWN"]


def test_the_most_reports_come_first_and_then_the_oldest_data():
    for name, ages in (("c", (5, 5)), ("b", (9, None)), ("a", (None, None)), ("d", (1, 1, 1))):
        for age in ages:
            reported(themeparks_wiki_id=name, data_age_minutes=age)
    assert [row["themeparks_wiki_id"] for row in summary()] == ["d", "b", "c", "a"]


def test_one_entity_under_two_names_is_two():
    reported(entity_name="Big Drop")
    reported(entity_name="Bigger Drop")
    assert len(summary()) == 2
