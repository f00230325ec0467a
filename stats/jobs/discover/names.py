"""What names say: whether two mean the same, what is no ride of its own, kind and tier of a ride.

The rules of kind and tier are those of the legacy's pattern matcher (docs/data.md 7.1).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from rides.choices import RideCategory

LINE: Final = re.compile(
    r"\b(single[ -]?rider|express (pass|lane)|lightning lane|fast ?pass)\b", re.IGNORECASE
)
"""A line to a ride that is listed as a ride."""

ALIKE: Final = 85
"""Names that are as similar as this (of 100) may mean the same; whether they do is for people to say."""

CATEGORIES: Final = (
    (
        RideCategory.MEET_AND_GREET,
        r"meet|character.*(spot|encounter|greeting|experience)|greeting|photo.*(opportunity|spot|op)"
        r"|encounter.*(character|princess|villain)",
    ),
    (
        RideCategory.SHOW,
        r"show|theater|theatre|presents?|spectacular|musical|4-?d|sing[ -]?along|stunt|fireworks|parade",
    ),
    (
        RideCategory.EXPERIENCE,
        r"trail|exhibit|discovery.*(center|zone|area)|walk[ -]?through|tour|play ?(ground|area|zone)",
    ),
)
TIERS: Final = (
    (
        1,
        "0.75",
        r"coaster|mountain|space|tower|drop|expedition|splash|radio flyer|inverted|hyper|giga",
    ),
    (
        3,
        "0.70",
        r"kiddie|carousel|teacups|dumbo|spinner|astrorbiter|carpets|theater|merry-go-round|playground|junior|jr",
    ),
)
ADVENTURES: Final = re.compile(
    "ride|adventure|safari|cruise|journey|voyage|flight|mansion|pirates|world", re.IGNORECASE
)


class Tier(NamedTuple):
    """A tier with how sure it is, and the word that gave it."""

    tier: int
    confidence: Decimal
    word: str


def plain(name: str) -> str:
    """A name as it is compared: without case, accents, marks, punctuation and a leading article."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("™", "").replace("®", ""))
    letters = "".join(
        letter if letter.isalnum() else " " for letter in decomposed if not unicodedata.combining(letter)
    )
    return re.sub(r"^(the|le|la|les) ", "", " ".join(letters.split()))


def similarity(one: str, other: str) -> int:
    """0 to 100."""
    return round(fuzz.token_sort_ratio(plain(one), plain(other)))


def is_line(name: str) -> bool:
    """Whether it is a line of another ride, as for single riders."""
    return LINE.search(name) is not None


def category(name: str) -> RideCategory:
    """The kind of a ride; an attraction if nothing else is in its name."""
    for kind, pattern in CATEGORIES:
        if _word(pattern, name):
            return kind
    return RideCategory.ATTRACTION


def tier(name: str) -> Tier | None:
    """The tier of a ride; None if its name says nothing, so that a person has to."""
    for number, confidence, pattern in TIERS:
        if found := _word(pattern, name):
            return Tier(number, Decimal(confidence), found)
    if adventure := ADVENTURES.search(name):
        return Tier(2, Decimal("0.60"), adventure[0].lower())
    kind = category(name)
    return None if kind == RideCategory.ATTRACTION else Tier(3, Decimal("0.65"), kind.label.lower())


def _word(pattern: str, name: str) -> str | None:
    found = re.search(rf"\b(?:{pattern})\b", name, re.IGNORECASE)
    return found[0].lower() if found else None
