"""The parks, rides and classifications of a demo database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from parks.models import Park
from rides.choices import ClassificationMethod, EntityType, RideCategory
from rides.models import Ride, RideClassification
from stats.demo.catalogue import FIRST_WORDS, LANDS, PARKS, SECOND_WORDS
from stats.demo.noise import Salt, chance

# Queue-Times ids seed the noise and let --append recognise a demo park; they are not the real ones.
_FIRST_PARK_NUMBER = 11
_FIRST_RIDE_NUMBER = 1001
_METHODS = tuple(ClassificationMethod)


def number_of_park(index: int) -> int:
    """The `queue_times_id` of the park at a place of the catalogue."""
    return _FIRST_PARK_NUMBER + 3 * index


def make_parks(count: int, *, since: datetime, seed: int) -> list[Park]:
    """The first `count` parks of the catalogue, unsaved."""
    return [
        Park(
            park_id=index + 1,
            queue_times_id=number_of_park(index),
            themeparks_wiki_id=_wiki_id(seed, "park", number_of_park(index)) if park.wiki else None,
            name=park.name,
            city=park.city,
            state_province=park.state,
            country=park.country,
            latitude=Decimal(park.latitude),
            longitude=Decimal(park.longitude),
            timezone=park.timezone,
            operator=park.operator,
            is_disney=park.operator == "Disney",
            is_universal=park.operator == "Universal",
            is_active=park.active,
            created_at=since,
            updated_at=since,
        )
        for index, park in enumerate(PARKS[:count])
    ]


def make_rides(parks: list[Park], count: int, *, since: datetime, seed: int) -> list[Ride]:
    """`count` rides in all, unsaved, spread unevenly over the parks; each park has at least one."""
    rides: list[Ride] = []
    for park, size in zip(parks, _sizes(parks, count, seed), strict=True):
        for name in _names(park.queue_times_id, size, seed):
            number = _FIRST_RIDE_NUMBER + 2 * len(rides)
            category, entity = _kind(seed, number)
            land = chance(seed, Salt.LABEL, number) % (len(LANDS) + 2)
            tier = _tier(seed, number)
            rides.append(
                Ride(
                    ride_id=len(rides) + 1,
                    queue_times_id=number,
                    themeparks_wiki_id=_wiki_id(seed, "ride", number) if park.themeparks_wiki_id else None,
                    park=park,
                    name=name,
                    entity_type=entity,
                    land_area=LANDS[land] if land < len(LANDS) else None,
                    tier=tier or (2 if number % 3 else None),
                    category=category,
                    is_active=chance(seed, Salt.STOPPED, number) % 1000 >= 35,
                    created_at=since,
                    updated_at=since,
                )
            )
    return rides


def make_classifications(rides: list[Ride], *, since: datetime, seed: int) -> list[RideClassification]:
    """Tiers of most rides, unsaved; about one ride in seven stays unclassified."""
    found: list[RideClassification] = []
    for ride in rides:
        if (tier := _tier(seed, ride.queue_times_id)) is None:
            continue
        method = _METHODS[chance(seed, Salt.LABEL, ride.queue_times_id, 1) % len(_METHODS)]
        by_hand = method is ClassificationMethod.MANUAL_OVERRIDE
        found.append(
            RideClassification(
                classification_id=len(found) + 1,
                ride=ride,
                tier=tier,
                tier_weight=4 - tier,
                category=ride.category,
                classification_method=method,
                confidence_score=Decimal("1.00") if by_hand else Decimal("0.85"),
                reasoning_text=None if by_hand else "Simulated",
                override_reason="Simulated override" if by_hand else None,
                cache_key=f"{ride.park_id}:{ride.ride_id}",
                classified_at=since + timedelta(days=1),
                updated_at=since + timedelta(days=1),
            )
        )
    return found


def _sizes(parks: list[Park], count: int, seed: int) -> list[int]:
    weights = [60 + chance(seed, Salt.SIZE, park.queue_times_id) % 81 for park in parks]
    spare, total = count - len(parks), sum(weights)
    sizes = [1 + spare * weight // total for weight in weights]
    for index in range(count - sum(sizes)):
        sizes[index % len(sizes)] += 1
    return sizes


def _names(park_number: int, count: int, seed: int) -> Iterator[str]:
    """Names that differ within a park; the parks start at different places of the same list."""
    pairs = len(FIRST_WORDS) * len(SECOND_WORDS)
    start = chance(seed, Salt.LABEL, park_number, 2) % pairs
    for index in range(count):
        # 457 is prime to the number of pairs, so a park repeats itself only after all of them.
        place = (start + 457 * index) % pairs
        name = f"{FIRST_WORDS[place % len(FIRST_WORDS)]} {SECOND_WORDS[place // len(FIRST_WORDS)]}"
        yield name if index < pairs else f"{name} {index // pairs + 1}"


def _kind(seed: int, number: int) -> tuple[RideCategory, EntityType]:
    match chance(seed, Salt.KIND, number) % 20:
        case 0:
            return RideCategory.SHOW, EntityType.SHOW
        case 1:
            return RideCategory.SHOW, EntityType.ATTRACTION
        case 2:
            return RideCategory.MEET_AND_GREET, EntityType.ATTRACTION
        case 3:
            return RideCategory.EXPERIENCE, EntityType.ATTRACTION
        case _:
            return RideCategory.ATTRACTION, EntityType.ATTRACTION


def _tier(seed: int, number: int) -> int | None:
    luck = chance(seed, Salt.TIER, number) % 100
    return 1 if luck < 20 else 2 if luck < 60 else 3 if luck < 86 else None


def _wiki_id(seed: int, kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{seed}:{kind}:{number}"))
