"""Parks and rides found at the simulated sources, matched by place and name (docs/data.md 7)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from parks.models import Park
from parkstats_project.base import clock
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import LONG_NAME, make_id, utc
from rides.models import Ride, RideClassification
from stats.jobs.discover import names, proposals
from stats.jobs.discover.run import Outcome, discover
from stats.models import Proposal
from stats.tests.collected import make_world, upstream_at

pytestmark = pytest.mark.django_db

NOW = "2026-07-15T18:00:00Z"
LATER = "2026-07-21T18:00:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def discover_at(upstream: FakeUpstream, moment: str = NOW, **choice) -> Outcome:
    with upstream_at(upstream, moment):
        return discover(**choice)


def states(**about) -> list[tuple[str, str]]:
    return sorted(Proposal.objects.filter(**about).values_list("kind", "state"))


def test_an_empty_database_is_filled(upstream):
    discover_at(upstream)
    kingdom = Park.objects.get(queue_times_id=6)
    assert (kingdom.name, kingdom.themeparks_wiki_id) == ("Sunshine Kingdom", make_id("p1"))
    assert (kingdom.country, kingdom.timezone, kingdom.is_active) == ("US", "America/New_York", True)
    splash = Ride.objects.get(themeparks_wiki_id=make_id("splash"))
    assert (splash.name, splash.park, splash.land_area) == ("Splash Ridge", kingdom, "Frontier")
    assert splash.queue_times_id > 0
    assert Park.objects.count() == 6
    cedar = Park.objects.get(queue_times_id=50)
    assert (cedar.themeparks_wiki_id, cedar.operator) == (None, "Cedar Fair")
    assert cedar.rides.count() == 5


def test_a_second_run_finds_nothing_new(upstream):
    discover_at(upstream)
    before = Proposal.objects.count(), Ride.objects.count()
    again = discover_at(upstream)
    assert again.states["applied"] == 0
    assert (Proposal.objects.count(), Ride.objects.count()) == before


def test_a_longitude_without_its_sign_does_not_part_a_park_from_itself(upstream):
    discover_at(upstream)
    golden = Park.objects.get(queue_times_id=16)
    assert golden.themeparks_wiki_id == make_id("p3")
    assert golden.longitude < 0


def test_only_the_parks_of_a_country_are_added(upstream):
    discover_at(upstream, country="FR")
    assert set(Park.objects.values_list("country", flat=True)) == {"FR"}


def test_a_park_that_queue_times_does_not_have_gets_a_number_of_its_own(upstream):
    discover_at(upstream)
    yume = Park.objects.get(themeparks_wiki_id=make_id("p5"))
    assert yume.queue_times_id < 0
    assert yume.country == "JP"
    assert all(ride.queue_times_id < 0 for ride in yume.rides.all())


def test_the_city_of_a_park_is_for_people_to_tell(upstream, admin_client):
    assert discover_at(upstream).nowhere == Park.objects.count()
    Park.objects.filter(queue_times_id=50).update(city="Sandusky")
    assert discover_at(upstream).nowhere == Park.objects.count() - 1
    assert Park.objects.get(queue_times_id=50).city == "Sandusky"
    listed = admin_client.get("/admin/parks/park/?city=Unknown").content.decode()
    assert "Sunshine Kingdom" in listed
    assert "Cedar Bluff" not in listed


def test_the_city_that_somebody_writes_into_a_proposal_is_that_of_the_park(upstream):
    discover_at(upstream)
    proposal = Proposal.objects.filter(kind="new_park").first()
    Park.objects.all().delete()
    proposal.state, proposal.park = "open", None
    assert proposal.values["city"] == "Unknown"
    proposal.values |= {"city": "Sandusky", "country": "US"}
    proposals.apply(proposal, by="somebody", now=clock.now())
    assert Park.objects.get().city == "Sandusky"


def test_no_id_is_on_two_rides(upstream):
    discover_at(upstream)
    for column in ("themeparks_wiki_id", "queue_times_id"):
        ids = [value for value in Ride.objects.values_list(column, flat=True) if value is not None]
        assert len(ids) == len(set(ids))


def test_lines_for_single_riders_are_no_rides(upstream):
    discover_at(upstream)
    assert not Ride.objects.filter(name__icontains="single rider").exists()
    assert Ride.objects.filter(themeparks_wiki_id=make_id("space")).exists()


def test_which_of_two_namesakes_is_alive_is_for_people_to_say(upstream):
    discover_at(upstream)
    assert not Ride.objects.filter(name="Big Dipper").exists()
    twins = Proposal.objects.filter(name="Big Dipper")
    assert {(twin.kind, twin.state) for twin in twins} == {("new_ride", "open")}
    with upstream_at(upstream, NOW):
        proposals.apply(twins.get(source_id=make_id("dipper")), by="ann", now=utc(NOW))
        proposals.reject(twins.get(source_id=make_id("dipper2")), by="ann", now=utc(NOW))
    discover_at(upstream)
    assert Ride.objects.get(name="Big Dipper").themeparks_wiki_id == make_id("dipper")
    assert states(source_id=make_id("dipper2")) == [("new_ride", "rejected")]


def test_a_name_that_is_too_long_is_cut(upstream):
    discover_at(upstream)
    assert Ride.objects.get(themeparks_wiki_id=make_id("long")).name == LONG_NAME[:255]


def test_a_known_ride_gets_the_id_that_it_lacks(upstream):
    make_world("p1")
    Ride.objects.filter(themeparks_wiki_id=make_id("splash")).update(themeparks_wiki_id=None)
    discover_at(upstream)
    assert Ride.objects.get(name="Splash Ridge").themeparks_wiki_id == make_id("splash")
    assert states(name="Splash Ridge") == [("same_ride", "applied")]


def test_a_name_that_is_only_similar_is_proposed(upstream):
    make_world("p1")
    Ride.objects.filter(themeparks_wiki_id=make_id("splash")).update(
        themeparks_wiki_id=None, name="Splash Ridges"
    )
    discover_at(upstream)
    assert Ride.objects.get(name="Splash Ridges").themeparks_wiki_id is None
    assert states(source_id=make_id("splash")) == [("same_ride", "open")]


def test_a_ride_whose_id_changed_is_recognised(upstream):
    make_world("p3")
    Ride.objects.filter(themeparks_wiki_id=make_id("idb")).delete()
    discover_at(upstream, "2026-07-17T18:00:00Z")
    assert Ride.objects.get(name="Harbor Cruise").themeparks_wiki_id == make_id("idb")


def test_a_renamed_ride_follows_if_nobody_edited_its_name(upstream):
    discover_at(upstream)
    discover_at(upstream, LATER)
    assert Ride.objects.get(themeparks_wiki_id=make_id("thunder")).name == "Thunder Coaster: Reborn"


def test_a_name_that_people_edited_stays(upstream):
    discover_at(upstream)
    Ride.objects.filter(themeparks_wiki_id=make_id("thunder")).update(name="Thunder (old)")
    discover_at(upstream, LATER)
    assert Ride.objects.get(themeparks_wiki_id=make_id("thunder")).name == "Thunder (old)"
    assert ("renamed", "open") in states(source_id=make_id("thunder"))


def test_a_ride_that_moved_belongs_to_its_new_park_and_its_past_to_the_old_one(upstream):
    discover_at(upstream)
    old = Park.objects.get(queue_times_id=6)
    discover_at(upstream, LATER)
    tram = Ride.objects.get(themeparks_wiki_id=make_id("tram"))
    assert tram.park.queue_times_id == 7
    move = tram.moves.get()
    assert (move.from_park, move.moved_at) == (old, utc(LATER))


def test_a_new_ride_appears_and_a_vanished_one_is_proposed(upstream):
    discover_at(upstream, "2026-07-09T18:00:00Z")
    discover_at(upstream, LATER)
    assert Ride.objects.get(themeparks_wiki_id=make_id("newride")).is_active
    gone = Ride.objects.get(themeparks_wiki_id=make_id("oldride"))
    assert gone.is_active
    assert ("vanished", "open") in states(ride=gone)


def test_a_vanished_ride_that_is_listed_again_is_no_longer_proposed(upstream):
    discover_at(upstream)
    upstream.fault("/children", "drop", entity=make_id("splash"))
    discover_at(upstream)
    splash = Ride.objects.get(themeparks_wiki_id=make_id("splash"))
    assert ("vanished", "open") in states(ride=splash)
    upstream.control(clear_faults=True)
    discover_at(upstream)
    assert ("vanished", "withdrawn") in states(ride=splash)


def test_a_ride_that_returned_is_proposed_and_not_switched_on(upstream):
    discover_at(upstream)
    upstream.fault("/children", "drop", entity=make_id("splash"))
    discover_at(upstream)
    splash = Ride.objects.get(themeparks_wiki_id=make_id("splash"))
    proposals.apply(Proposal.objects.get(ride=splash, kind="vanished"), by="ann", now=utc(NOW))
    upstream.control(clear_faults=True)
    discover_at(upstream)
    splash.refresh_from_db()
    assert not splash.is_active
    assert ("returned", "open") in states(ride=splash)


def test_what_people_switched_off_stays_off_without_a_word(upstream):
    discover_at(upstream)
    Ride.objects.filter(themeparks_wiki_id=make_id("splash")).update(is_active=False, tier=1)
    discover_at(upstream)
    splash = Ride.objects.get(themeparks_wiki_id=make_id("splash"))
    assert (splash.is_active, splash.tier) == (False, 1)
    assert not Proposal.objects.filter(ride=splash, state="open").exists()


def test_a_list_that_fails_is_named_and_nothing_of_it_vanishes(upstream):
    discover_at(upstream)
    upstream.fault(f"{make_id('p1')}/children", "html")
    with upstream_at(upstream, NOW), pytest.raises(CommandError) as failure:
        call_command("discover")
    assert "Sunshine Kingdom" in str(failure.value)
    assert not Proposal.objects.filter(kind="vanished").exists()


def test_an_empty_list_makes_nothing_vanish(upstream):
    discover_at(upstream)
    upstream.fault("/children", "drop")
    discover_at(upstream)
    assert not Proposal.objects.filter(kind="vanished").exists()


def test_a_dry_run_writes_nothing(upstream, capsys):
    with upstream_at(upstream, NOW):
        call_command("discover", dry_run=True)
    assert "New park: Sunshine Kingdom" in capsys.readouterr().out
    assert not Park.objects.exists()
    assert not Proposal.objects.exists()


def test_a_new_ride_has_the_tier_that_its_name_gives(upstream):
    discover_at(upstream)
    found = RideClassification.objects.get(ride__themeparks_wiki_id=make_id("carousel"))
    assert (found.tier, found.tier_weight, found.classification_method) == (3, 1, "pattern_match")
    unclear = Ride.objects.get(themeparks_wiki_id=make_id("pacific"))
    assert not RideClassification.objects.filter(ride=unclear).exists()
    assert Ride.objects.get(themeparks_wiki_id=make_id("meet")).category == "MEET_AND_GREET"


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("Thunder Coaster", 1),
        ("Splash Ridge", 1),
        ("Barnstormer Jr.", 3),
        ("Jungle Cruise", 2),
        ("Studio Tour", 3),
        ("Big Dipper", None),
        ("Spaceship", None),
    ],
)
def test_a_tier_is_what_whole_words_say(name, tier):
    found = names.tier(name)
    assert (None if found is None else found.tier) == tier


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Haunted Mansion", "Haunted Mansion"),
        ("Élan Vital™", "Elan Vital"),
        ("Pirates’ Grotto", "Pirates' Grotto"),
    ],
)
def test_marks_accents_and_articles_make_no_difference(one, other):
    assert names.plain(one) == names.plain(other)


@pytest.mark.parametrize(
    ("name", "is_line"),
    [("Space Runner Single Rider", True), ("Hogwarts Express", False), ("Single-Rider X", True)],
)
def test_a_line_of_a_ride_is_no_ride(name, is_line):
    assert names.is_line(name) == is_line
