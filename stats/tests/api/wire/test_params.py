"""Parameters: order of the checks, texts, conversions.

See docs/contract/README.md 7 and the routes' own tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from stats.api.wire import params
from stats.api.wire.renderer import WireError

PERIODS = ("live", "today")


@dataclass(frozen=True, kw_only=True)
class Ranking(params.Parameters):
    """As the rankings are asked."""

    limit: int = params.limit(50, at_most=100)
    period: str = params.one_of("period", PERIODS, default="live")
    mode: str = params.one_of("mode", ("live", "peak"), default=params.SameAs("period"))
    filter: str = params.park_filter()
    weighted: bool = params.flag(default=False)


@dataclass(frozen=True, kw_only=True)
class Trend(params.Parameters):
    """As /api/trends is asked."""

    limit: int = params.trend_limit()
    period: str = params.one_of("period", PERIODS, default="today")
    category: str = params.one_of("category", ("up", "down"), required=True)
    filter: str = params.trend_filter()


@dataclass(frozen=True, kw_only=True)
class Chart(params.Parameters):
    """As the charts are asked."""

    limit: int = params.chart_limit()


@dataclass(frozen=True, kw_only=True)
class Award(params.Parameters):
    """As the awards are asked."""

    limit: int = params.award_limit()
    entity: str = params.one_of("entity", ("parks", "rides"), default="rides")


@dataclass(frozen=True, kw_only=True)
class Audit(params.Parameters):
    """As the audit routes are asked."""

    date: date | None = params.optional_date()
    severity: str | None = params.one_of(
        "severity",
        ("CRITICAL", "INFO"),
        error="Invalid severity. Must be CRITICAL, WARNING, or INFO",
        empty_is_none=True,
    )
    hours: int = params.integer(24)
    source: str | None = params.text()
    unresolved: bool = params.flag(default=True)
    period: str = params.one_of_or_default(PERIODS, default="live")


def refusal(kind, sent):
    with pytest.raises(WireError) as refused:
        kind.read_from(sent)
    assert refused.value.status == 400
    assert refused.value.body["success"] is False
    return refused.value.body["error"]


def request(query="", **extra):
    return Request(RequestFactory().get(f"/api/x?{query}", **extra))


def test_what_was_not_sent_has_its_default():
    assert Ranking.read(request()) == Ranking(
        limit=50, period="live", mode="live", filter="all-parks", weighted=False
    )


def test_of_a_repeated_parameter_the_first_value_counts():
    asked = Ranking.read(request("period=today&period=bad&limit=3&limit=x&mode=live"))
    assert (asked.period, asked.limit) == ("today", 3)


def test_parameters_that_nobody_knows_are_ignored():
    assert Ranking.read(request("api_key=1&format=html")) == Ranking.read(request())


def test_a_default_may_be_the_value_of_another_parameter():
    assert Ranking.read_from({"period": "live"}).mode == "live"
    assert refusal(Ranking, {"period": "today"}) == "Invalid mode. Must be one of: live, peak"
    assert Ranking.read_from({"period": "today", "mode": "peak"}).mode == "peak"


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"limit": "x", "period": "bad", "filter": "bad"}, params.INVALID_LIMIT),
        ({"limit": "-1", "period": "bad", "filter": "bad"}, "Invalid period. Must be one of: live, today"),
        ({"limit": "-1", "filter": "bad"}, "Invalid filter. Must be 'disney-universal' or 'all-parks'"),
        ({"limit": "-1"}, params.INVALID_LIMIT),
        ({"period": ""}, "Invalid period. Must be one of: live, today"),
        ({"period": "LIVE"}, "Invalid period. Must be one of: live, today"),
        ({"period": "live "}, "Invalid period. Must be one of: live, today"),
    ],
)
def test_a_ranking_refuses_in_the_order_of_the_contract(sent, text):
    assert refusal(Ranking, sent) == text


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"limit": "abc"}, "invalid literal for int() with base 10: 'abc'"),
        ({"limit": ""}, "invalid literal for int() with base 10: ''"),
        ({"limit": "0", "period": "bad"}, "Missing required parameter: category"),
        ({"category": "", "period": "bad"}, "Missing required parameter: category"),
        ({"category": "bad", "period": "bad"}, "Invalid period. Must be one of: live, today"),
        ({"category": "bad", "filter": "bad"}, "Invalid category. Must be one of: up, down"),
        (
            {"category": "up", "filter": "bad", "limit": "0"},
            "Invalid filter. Must be one of: disney-universal, all-parks",
        ),
        ({"category": "up", "limit": "0"}, "Limit must be between 1 and 100"),
        ({"category": "up", "limit": "101"}, "Limit must be between 1 and 100"),
    ],
)
def test_a_trend_refuses_in_the_order_of_the_contract(sent, text):
    assert refusal(Trend, sent) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        (" 7", 7),
        ("+7", 7),
        ("007", 7),
        ("1_0", 10),
        ("٣", 3),
        ("101", 100),
        ("9" * 4300, 100),
        ("0", 0),
    ],
)
def test_a_limit_is_what_python_takes_for_an_integer(text, number):
    assert Ranking.read_from({"limit": text}).limit == number


@pytest.mark.parametrize("text", ["", "5.0", "1e2", "abc", "1__0", "\0", "9" * 4301, "−1"])
def test_a_limit_that_is_no_integer_is_refused(text):
    assert refusal(Ranking, {"limit": text}) == params.INVALID_LIMIT


@pytest.mark.parametrize(("text", "number"), [("0", 1), ("-5", 1), ("7", 7), ("21", 20)])
def test_a_chart_moves_its_limit_into_the_range(text, number):
    assert Chart.read_from({"limit": text}).limit == number


def test_an_award_refuses_a_negative_limit_last():
    assert refusal(Award, {"limit": "-1", "entity": "bad"}).startswith("Invalid entity")
    assert refusal(Award, {"limit": "-1"}) == params.INVALID_LIMIT
    assert Award.read_from({"limit": "21"}).limit == 20


def test_more_digits_than_python_converts_are_refused_without_repeating_them():
    assert len(refusal(Award, {"limit": "9" * 5000})) < 300


@pytest.mark.parametrize(("text", "day"), [("2025-12-09", 9), ("2025-12-9", 9)])
def test_dates_are_read_padded_or_not(text, day):
    assert Audit.read_from({"date": text}).date == date(2025, 12, day)


@pytest.mark.parametrize("text", ["2025-13-01", "20251219", "yesterday", " ", "2025-12-19T00:00:00"])
def test_other_dates_are_refused_before_anything_else(text):
    said = refusal(Audit, {"severity": "bad", "date": text})
    assert said == "Invalid date format. Use YYYY-MM-DD"


def test_an_empty_date_or_severity_counts_as_absent():
    asked = Audit.read_from({"date": "", "severity": ""})
    assert asked.date is None
    assert asked.severity is None


def test_a_severity_is_case_sensitive():
    assert refusal(Audit, {"severity": "info"}) == "Invalid severity. Must be CRITICAL, WARNING, or INFO"


@pytest.mark.parametrize(("text", "hours"), [("48", 48), ("x", 24), ("", 24), ("-5", -5), ("9" * 4301, 24)])
def test_a_lenient_integer_is_never_an_error(text, hours):
    assert Audit.read_from({"hours": text}).hours == hours


@pytest.mark.parametrize(("text", "value"), [("TRUE", True), ("true", True), ("1", False), ("", False)])
def test_a_flag_is_true_only_when_it_says_so(text, value):
    assert Audit.read_from({"unresolved": text}).unresolved is value


def test_an_unknown_period_may_silently_become_the_default():
    assert Audit.read_from({"period": "7days"}).period == "live"
    assert Audit.read_from({"period": "today"}).period == "today"
