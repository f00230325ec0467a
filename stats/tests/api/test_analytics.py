"""GET /api/analytics/buckets: parameters, refusals, documented examples, number of queries."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time
from model_bakery import baker

from parkstats_project.tests.asking import ask
from parkstats_project.tests.plugin import forget_everything
from stats.tests.observed import DOWN, NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw
from weather.models import WeatherObservation

pytestmark = pytest.mark.django_db

URL = "/api/analytics/buckets"
DAY = {"from": "2025-12-20T00:00:00-08:00", "to": "2025-12-20T14:00:00-08:00"}


@pytest.fixture(autouse=True)
def frozen():
    with freeze_time(NOW):
        yield


@pytest.fixture
def ride():
    raw_rows_since(at(0, day=12))
    return a_ride(a_park(name="Castle Park"), name="Big Drop")


def asked(**parameters):
    names = {"start": "from", "end": "to"}
    sent = DAY | {names.get(name, name): value for name, value in parameters.items()}
    return ask(URL, urlencode({name: value for name, value in sent.items() if value is not None}, doseq=True))


def refusal(**parameters):
    reply = asked(**parameters)
    assert reply.status == 400
    body = reply.json()
    assert body.keys() == {"success", "error"}
    assert body["success"] is False
    return body["error"]


def test_the_envelope_names_ride_zone_and_buckets(ride):
    saw(ride.park, at(20), {ride: RUNNING})
    body = asked(ride_id=ride.pk, start="2025-12-20T12:00:00-08:00").json()
    assert body.keys() == {"success", "entity", "data", "attribution", "credits"}
    assert (body["success"], body["entity"]) == (True, "ride")
    assert body["credits"] == [{"text": "Powered by Queue-Times.com", "url": "https://queue-times.com/"}]
    (one,) = body["data"]
    assert one.keys() == {"id", "name", "timezone", "error", "buckets"}
    assert (one["id"], one["name"], one["timezone"]) == (ride.pk, "Big Drop", "America/New_York")
    assert one["buckets"][0] == {
        "start": "2025-12-20T15:00:00-05:00",
        "end": "2025-12-20T16:00:00-05:00",
        "snapshots": 1,
        "operating": 1,
        "down": 0,
        "closed": 0,
        "unknown": 0,
        "operating_share": 100.0,
        "down_share": 0.0,
        "closed_share": 0.0,
        "unknown_share": 0.0,
        "downtime_minutes": 0,
        "uptime_percentage": 100.0,
        "mean_wait": 20.0,
        "median_wait": 20,
        "p95_wait": 20,
        "max_wait": 20,
        "extreme_waits": 0,
        "coverage_percentage": 16.67,
    }
    empty = one["buckets"][1]
    assert empty.pop("snapshots") == 0
    assert {empty.pop("start"), empty.pop("end")} and set(empty.values()) == {None}


def test_several_ids_are_answered_in_the_order_asked(ride):
    others = [a_ride(ride.park), a_ride(a_park(timezone="Asia/Tokyo"))]
    ids = [others[1].pk, ride.pk, others[0].pk]
    for sent in (ids, ",".join(map(str, ids)), [f"{ids[0]},{ids[1]}", ids[2]], [*ids, ids[0]]):
        assert [one["id"] for one in asked(ride_id=sent).json()["data"]] == ids
    zones = [one["timezone"] for one in asked(ride_id=ids).json()["data"]]
    assert zones == ["Asia/Tokyo", "America/New_York", "America/New_York"]
    zones = [one["timezone"] for one in asked(ride_id=ids, tz="Europe/Paris").json()["data"]]
    assert set(zones) == {"Europe/Paris"}


def test_a_park_whose_time_zone_does_not_exist_has_its_own_error_and_the_others_their_buckets(ride):
    lost = a_park(timezone="Mars/Base")
    parks = [*(a_park() for _ in range(48)), lost, ride.park]
    answer = asked(park_id=[park.pk for park in parks], start="2025-12-20T12:00:00-08:00")
    assert answer.status == 200
    told = {one["id"]: one for one in answer.json()["data"]}
    assert (told[lost.pk]["timezone"], told[lost.pk]["buckets"]) == ("Mars/Base", [])
    assert told[lost.pk]["error"].startswith("The park's time zone does not exist")
    del told[lost.pk]
    assert {one["error"] for one in told.values()} == {None}
    assert all(one["buckets"] for one in told.values())
    (one,) = asked(park_id=lost.pk, tz="UTC").json()["data"]
    assert (one["error"], one["timezone"], bool(one["buckets"])) == (None, "UTC", True)


def test_lunch_hours_on_weekends(ride):
    """The documented example: a fortnight of a park, one bucket a day, 11 to 14 o'clock there."""
    park = ride.park
    for day in (13, 14, 15, 20):
        for hour in (15, 16, 18, 19):  # 10, 11, 13 and 14 o'clock in New York
            saw(park, at(hour, day=day), {ride: ("OPERATING", True, 10 * (hour - 14))})
    body = asked(
        park_id=park.pk,
        start="2025-12-13T00:00:00-05:00",
        end="2025-12-21T00:00:00-05:00",
        bucket="1d",
        weekdays="sat,sun",
        between="11:00-14:00",
    ).json()
    (one,) = body["data"]
    found = {bucket["start"][:10]: bucket for bucket in one["buckets"]}
    # Days without a chosen time have no bucket.
    assert list(found) == ["2025-12-13", "2025-12-14", "2025-12-20"]
    saturday = found["2025-12-13"]
    assert (saturday["snapshots"], saturday["mean_wait"], saturday["max_wait"]) == (2, 30.0, 40)
    # Two of eighteen collections in three hours.
    assert saturday["coverage_percentage"] == 11.11


def test_a_day_ends_at_midnight(ride):
    for day, hour in ((19, 23), (20, 0), (20, 12), (20, 23), (21, 0)):
        saw(ride.park, at(hour, day=day), {ride: RUNNING})

    def seen(**words):
        days = {"start": "2025-12-19T00:00:00Z", "end": "2025-12-22T00:00:00Z", "bucket": "1h", "tz": "UTC"}
        (one,) = asked(ride_id=ride.pk, **days, **words).json()["data"]
        return [bucket["start"][8:13] for bucket in one["buckets"] if bucket["snapshots"]]

    assert seen(between="00:00-24:00") == seen() == ["19T23", "20T00", "20T12", "20T23", "21T00"]
    assert seen(between="12:00-24:00") == seen(between="12:00-00:00") == ["19T23", "20T12", "20T23"]


def test_a_quarter_of_an_hour_over_a_week(ride):
    """The documented example: 15-minute buckets of one ride."""
    saw(ride.park, at(12, 10, day=14), {ride: RUNNING})
    saw(ride.park, at(12, 20, day=14), {ride: DOWN})
    body = asked(
        ride_id=ride.pk, start="2025-12-13T00:00:00Z", end="2025-12-20T00:00:00Z", bucket="15m", tz="UTC"
    ).json()
    (one,) = body["data"]
    assert len(one["buckets"]) == 7 * 96
    seen = {bucket["start"]: bucket["uptime_percentage"] for bucket in one["buckets"] if bucket["snapshots"]}
    assert seen == {"2025-12-14T12:00:00+00:00": 100.0, "2025-12-14T12:15:00+00:00": 0.0}


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({}, "Missing required parameter: ride_id or park_id, one of them"),
        ({"ride_id": 1, "park_id": 1}, "Missing required parameter: ride_id or park_id, one of them"),
        *(
            ({"ride_id": bad}, "Invalid id. Must be a number")
            for bad in ("", "x", "-1", "1,", ",1", "1,,2", "1.5", "2147483648", "9" * 400, "１", " 1", "1 ")
        ),
        ({"park_id": "x"}, "Invalid id. Must be a number"),
        ({"ride_id": ["1", "x"]}, "Invalid id. Must be a number"),
        ({"ride_id": ",".join(map(str, range(1, 52)))}, "Too many ids. Must be at most 50"),
        ({"ride_id": [str(one) for one in range(1, 52)]}, "Too many ids. Must be at most 50"),
        *(
            ({"ride_id": 1, "with": bad}, "Invalid with. Must be one of: weather")
            for bad in ("", "x", "Weather", "weather,weather")
        ),
        ({"ride_id": 1, "start": None}, "Missing required parameter: from"),
        ({"ride_id": 1, "end": None}, "Missing required parameter: to"),
        ({"ride_id": 1, "start": DAY["to"]}, "Invalid range. from must be before to"),
        ({"ride_id": 1, "end": "2025-12-19T00:00:00Z"}, "Invalid range. from must be before to"),
        *(
            ({"ride_id": 1, "bucket": bad}, "Invalid bucket. Must be 5m to 7d, such as 15m, 1h or 1d")
            for bad in ("", "x", "0m", "4m", "8d", "0d", "169h", "10081m", "1w", "-1h", "1.5h", "1 h", "1H")
            + ("٥m",)
        ),
        *(
            (
                {"ride_id": 1, "weekdays": bad},
                "Invalid weekdays. Must be one or more of: mon, tue, wed, thu, fri, sat, sun",
            )
            for bad in ("", "x", "mon,", "1", "monday", "mon;tue", "mon, tue")
        ),
        *(
            ({"ride_id": 1, "between": bad}, "Invalid between. Must be HH:MM-HH:MM, such as 11:00-14:00")
            for bad in ("", "x", "11-14", "11:00", "11:00-11:00", "24:00-25:00", "11:60-12:00", "1:00-2:00")
            + ("24:00-02:00", "24:00-24:00", "00:00-00:00", "11:00-24:01")
        ),
        *(
            ({"ride_id": 1, "tz": bad}, "Invalid tz. Must be an IANA time zone, such as America/New_York")
            for bad in (
                "",
                "x",
                "../../etc/passwd",
                "/etc/passwd",
                "America",
                "UTC\0",
                "a" * 500,
                "+08:00",
                # Files beside the zones, which only Python would take for some.
                "localtime",
                "posix/America/New_York",
                "right/America/New_York",
                "Factory",
            )
        ),
    ],
)
def test_a_wrong_value_is_refused_with_the_reason(parameters, error):
    assert refusal(**parameters) == error


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "x",
        "2025-12-20",
        "2025-12-20T11:00:00",
        "2025-13-20T11:00:00Z",
        "2025-12-20T25:00:00Z",
        "2025-12-20T11:00:00 X",
        "1766188800",
        "\0",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59Z",
        "1969-12-31T00:00:00Z",
    ],
)
def test_a_moment_needs_an_offset_and_a_date_of_our_time(bad):
    for name in ("start", "end"):
        wire = {"start": "from", "end": "to"}[name]
        error = refusal(ride_id=1, **{name: bad})
        assert error.startswith(f"Invalid {wire}. Must be ISO 8601 with an offset")


@pytest.mark.parametrize(
    "start", ["2025-12-20T00:00:00+01:00", "2025-12-19T23:00:00Z", "20251219T230000+0000"]
)
def test_an_offset_may_be_written_in_several_ways(ride, start):
    query = f"ride_id={ride.pk}&from={start}&to=2025-12-20T00:00:00Z&bucket=1h&tz=UTC"
    for sent in (query, query.replace("+", "%2B")):
        body = ask(URL, sent).json()
        assert [bucket["start"] for bucket in body["data"][0]["buckets"]] == ["2025-12-19T23:00:00+00:00"]


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (
            {"start": "2024-01-01T00:00:00Z", "end": "2025-02-05T00:00:00.000001Z", "bucket": "1d"},
            "The range is too long. Must be at most 400 days",
        ),
        (
            {"start": "2025-01-01T00:00:00Z", "end": "2025-12-01T00:00:00Z", "bucket": "5m"},
            "Too many buckets. Must be at most 20000 over all rides or parks",
        ),
    ],
)
def test_too_large_a_question_is_refused(ride, parameters, error):
    assert refusal(ride_id=ride.pk, **parameters) == error


def test_days_times_parks_are_bounded(ride):
    parks = [ride.park.pk, *(a_park().pk for _ in range(9))]
    year = {"start": "2025-01-01T00:00:00Z", "end": "2025-06-01T00:00:00Z", "bucket": "7d"}
    assert refusal(park_id=parks, **year) == "Too much to read. Days times parks must be at most 800"
    assert asked(park_id=parks[:1], **year).status == 200


def test_an_unknown_id_is_a_404_that_names_it(ride):
    reply = asked(ride_id=[ride.pk, 987654])
    assert (reply.status, reply.json()) == (404, {"error": "Ride 987654 not found", "success": False})
    reply = asked(park_id=987654)
    assert (reply.status, reply.json()["error"]) == (404, "Park 987654 not found")
    assert asked(ride_id=0).status == 404


def test_a_window_without_a_whole_second_has_no_bucket(ride):
    body = asked(ride_id=ride.pk, start="2025-12-20T00:00:00.100Z", end="2025-12-20T00:00:00.900Z").json()
    assert body["data"][0]["buckets"] == []


def test_parameters_that_python_would_call_so_are_unknown_ones(ride):
    assert refusal(ride_id=ride.pk, start=None) == "Missing required parameter: from"
    reply = ask(URL, urlencode({"ride_id": ride.pk, "start": DAY["from"], "end": DAY["to"]}))
    assert reply.json()["error"] == "Missing required parameter: from"


def test_only_get_is_answered(ride):
    assert ask(URL, method="POST").status == 405


def a_weather(park, hour, code, **fields):
    baker.make(
        WeatherObservation,
        park=park,
        observation_time=hour,
        weather_code=code,
        wind_direction_degrees=1,
        **fields,
    )


def test_the_chosen_time_by_its_weather_at_the_park(ride):
    elsewhere = a_ride(a_park())
    saw(ride.park, at(14, 10), {ride: DOWN})
    saw(ride.park, at(14, 50), {ride: ("OPERATING", True, 10)})
    saw(ride.park, at(15), {ride: ("OPERATING", True, 40)})
    saw(ride.park, at(16), {ride: RUNNING})
    saw(ride.park, at(20), {ride: DOWN})
    saw(elsewhere.park, at(14, 10), {elsewhere: RUNNING})
    for hour, code in ((14, 63), (15, 0), (16, None), (20, 80)):
        a_weather(ride.park, at(hour), code)
    a_weather(elsewhere.park, at(14), 95)
    sent = {"with": "weather", "between": "09:00-14:00", "ride_id": [ride.pk, elsewhere.pk]}
    body = asked(**sent).json()
    here, there = ({one["weather"]: one for one in found["weather"]} for found in body["data"])
    names = ("snapshots", "down", "downtime_minutes", "uptime_percentage", "mean_wait")
    # The afternoon was not chosen; nobody knows how 16 o'clock was.
    assert {kind: tuple(one[name] for name in names) for kind, one in here.items()} == {
        "clear": (1, 0, 0, 100.0, 40.0),
        "rain": (2, 1, 10, 50.0, 10.0),
        "unknown": (1, 0, 0, 100.0, 20.0),
    }
    assert list(there) == ["thunderstorm"]
    assert body["credits"][-1] == {"text": "Weather data by Open-Meteo.com", "url": "https://open-meteo.com/"}
    for found in body["data"]:
        for count in ("snapshots", "operating", "down", "closed", "unknown"):
            assert sum(one[count] for one in found["weather"]) == sum(
                bucket[count] or 0 for bucket in found["buckets"]
            )


@pytest.mark.parametrize("sent", [{}, {"with": "weather"}])
def test_a_window_without_a_whole_second_has_nothing_by_weather_either(ride, sent):
    moment = {"start": "2025-12-20T00:00:00.100Z", "end": "2025-12-20T00:00:00.900Z"}
    assert asked(ride_id=ride.pk, **moment, **sent).json()["data"][0].get("weather", []) == []


def queries(**parameters):
    with CaptureQueriesContext(connection) as captured:
        assert asked(**parameters).status == 200
    return len(captured)


@pytest.mark.parametrize(
    ("window", "warm"),
    [
        # A day is kept by hour; a week is read by entity: rides and parks of a piece of the window.
        ({"start": "2025-12-19T12:00:00Z", "end": "2025-12-20T12:00:00Z"}, 0),
        ({"start": "2025-12-13T00:00:00Z", "end": "2025-12-20T12:00:00Z"}, 2),
    ],
)
@pytest.mark.parametrize(("sent", "more"), [({}, 0), ({"with": "weather"}, 1)])
@pytest.mark.parametrize("kind", ["ride_id", "park_id"])
def test_the_number_of_queries_does_not_grow_with_rides_and_parks(kind, window, warm, sent, more, ride):
    rides = [ride]

    def grow():
        rides.extend(a_ride(rides[-1].park) for _ in range(3))
        for day in (14, 19, 20):
            saw(rides[-1].park, at(3, day=day), dict.fromkeys(rides[-3:], RUNNING))

    def ids():
        return [one.pk for one in rides] if kind == "ride_id" else list({one.park_id: None for one in rides})

    grow()
    forget_everything()
    few = queries(**{kind: ids()}, **window, **sent)
    for _ in range(2):
        rides.append(a_ride(a_park()))
        grow()
    forget_everything()
    assert queries(**{kind: ids()}, **window, **sent) == few
    assert queries(**{kind: ids()}, **window, **sent) == warm + more
