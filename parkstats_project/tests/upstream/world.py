"""The simulated world: who is where and when it opens. The same time always gives the same answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

START = datetime(2026, 7, 15, 15, 0, tzinfo=UTC)  # a Wednesday
ARCHIVE_FROM = date(2026, 1, 1)
LOOKBACK_DAYS = 400
KEYS = {None: (7, 60), "free-key": (30, 600), "paid-key": (None, None)}  # days, history requests an hour
LONG_NAME = ("The Most Extraordinary, Unreasonably Verbose & Thoroughly Documented Journey " * 5)[:300]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def iso_z(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "fake-upstream/" + name))


def local_midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass
class Place:
    """A destination, a park or anything in one."""

    key: str
    name: str
    type: str
    zone: str
    parent: Place | None = None
    kind: str = "normal"
    wait: int = 20  # typical standby wait
    queue_times: int | None = None
    land: str = ""
    lat: float = 0.0
    lon: float = 0.0
    slug: str | None = None
    born: datetime | None = None
    gone: datetime | None = None
    moves: list = field(default_factory=list)  # (moment, park)
    names: list = field(default_factory=list)  # (moment, name)

    def __post_init__(self) -> None:
        self.id = make_id(self.key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return self is other

    def park_at(self, moment: datetime) -> Place | None:
        parent = self.parent
        for when, park in self.moves:
            if moment >= when:
                parent = park
        return parent

    def name_at(self, moment: datetime) -> str:
        name = self.name
        for when, new in self.names:
            if moment >= when:
                name = new
        return name

    def listed_at(self, moment: datetime) -> bool:
        return (self.born is None or moment >= self.born) and (self.gone is None or moment < self.gone)


def build_world() -> tuple[list[Place], list[Place], list[Place]]:
    ny, la, paris, tokyo = "America/New_York", "America/Los_Angeles", "Europe/Paris", "Asia/Tokyo"

    sunshine = Place("d1", "Sunshine Resort", "DESTINATION", ny, slug="sunshineresort")
    coast = Place("d2", "Golden Coast Resort", "DESTINATION", la, slug="goldencoastresort")
    world = Place(
        "d3", "Worlds of Rêve & 夢", "DESTINATION", paris, slug="worldsofreve"
    )  # parks in two zones

    kingdom = Place("p1", "Sunshine Kingdom", "PARK", ny, sunshine, queue_times=6, lat=28.4177, lon=-81.5812)
    studios = Place("p2", "Sunshine Studios", "PARK", ny, sunshine, queue_times=7, lat=28.3575, lon=-81.5583)
    golden = Place("p3", "Golden Coast Park", "PARK", la, coast, queue_times=16, lat=33.8121, lon=-117.919)
    reve = Place("p4", "Parc du Rêve", "PARK", paris, world, queue_times=4, lat=48.8722, lon=2.7758)
    yume = Place("p5", "夢の国パーク", "PARK", tokyo, world, lat=35.6329, lon=139.8804)
    parks = [kingdom, studios, golden, reve, yume]
    places: list[Place] = []

    def add(park, key, name, wait=20, kind="normal", type="ATTRACTION", land="", qt=True, **more):
        zone = park.zone
        place = Place(key, name, type, zone, park, kind, wait, land=land, **more)
        if qt and park.queue_times and type in ("ATTRACTION", "SHOW"):
            place.queue_times = 1000 + len(places)
        places.append(place)
        return place

    # Sunshine Kingdom
    add(
        kingdom,
        "thunder",
        "Thunder Coaster",
        55,
        "single_rider",
        land="Frontier",
        names=[(local_midnight(date(2026, 7, 18), ny), "Thunder Coaster: Reborn")],
    )
    add(kingdom, "splash", "Splash Ridge", 45, land="Frontier")
    add(kingdom, "pirate", "Pirates’ Grotto", 25, land="Adventure")
    add(kingdom, "peter", "Peter O'Malley's Flight", 40, land="Fantasy")
    add(kingdom, "carousel", "Prince's Regal Carousel", 5, land="Fantasy")
    add(
        kingdom,
        "tram",
        "Runaway Tram",
        30,
        land="Tomorrow",
        moves=[(local_midnight(date(2026, 7, 20), ny), studios)],
    )
    add(kingdom, "refurb", "Swan Boats", 10, "refurbishment", land="Fantasy")
    add(kingdom, "rail", "Sunshine Railroad - Main Street", 0, "no_wait", land="Main Street")
    add(kingdom, "house", "Treehouse Walk", 0, "no_queue", land="Adventure")
    add(kingdom, "buzz", "Laser Rangers", 35, "frozen", land="Tomorrow")
    add(kingdom, "srline", "Space Runner Single Rider", 15, land="Tomorrow")
    add(kingdom, "space", "Space Runner", 65, "boarding", land="Tomorrow")
    add(kingdom, "parade", "Festival of Light Parade", type="SHOW", kind="unrecorded", qt=False)
    add(kingdom, "magic", "Friendship Faire", type="SHOW", kind="show", land="Main Street")
    add(kingdom, "tony", "Tony’s Trattoria", type="RESTAURANT", kind="restaurant", qt=False)
    # Sunshine Studios
    add(studios, "tower", "Tower of Fright", 70, "paid", land="Boulevard")
    add(studios, "flap", "Flicker Falls", 20, "flapping", land="Lagoon")
    add(studios, "rip", "Rip Current", 30, "extreme", land="Lagoon")
    add(studios, "minion", "Monster Mayhem", 45, land="Boulevard")
    add(studios, "kiddie", "Barnstormer Jr.", 10, land="Lagoon")
    add(studios, "studio", "Studio Tour", 25, land="Backlot")
    add(studios, "race", "Slot Car Racers", 35, "single_rider", land="Backlot")
    add(studios, "nostatus", "Mystery Manor", 15, "no_status", land="Backlot")
    add(studios, "drop", "Drop Zone", 30, land="Boulevard")
    add(studios, "stunt", "Stunt Spectacular", type="SHOW", kind="show", land="Backlot")
    add(studios, "nightshow", "Night of Fountains", type="SHOW", kind="show", land="Lagoon")
    add(studios, "derby", "Backlot Derby Diner", type="RESTAURANT", kind="restaurant", qt=False)
    # Golden Coast Park
    add(golden, "dipper", "Big Dipper", 40, land="Boardwalk")
    add(golden, "dipper2", "Big Dipper", 0, "ghost", land="Boardwalk", qt=False)  # duplicate entry
    add(golden, "long", LONG_NAME, 20, land="Boardwalk")
    add(golden, "pacific", "Pacific Plunge", 50, land="Harbor")
    add(golden, "wheel", "Ferris Wheel", 10, land="Boardwalk")
    add(golden, "newride", "Comet Launch", 80, land="Harbor", born=local_midnight(date(2026, 7, 18), la))
    add(golden, "oldride", "Rust Bucket", 5, land="Harbor", gone=local_midnight(date(2026, 7, 10), la))
    add(golden, "ida", "Harbor Cruise", 15, land="Harbor", gone=local_midnight(date(2026, 7, 16), la))
    add(golden, "idb", "Harbor Cruise", 15, land="Harbor", born=local_midnight(date(2026, 7, 16), la))
    add(golden, "teacups", "Spinning Teacups", 10, land="Boardwalk")
    add(golden, "mine", "Mine Train", 35, "single_rider", land="Harbor")
    add(golden, "sealion", "Sea Lion Show", type="SHOW", kind="show", land="Harbor")
    add(golden, "taco", "Taco Stand & Co.", type="RESTAURANT", kind="restaurant", qt=False)
    # Parc du Rêve
    add(reve, "elan", "Élan Vital™", 60, "single_rider", land="Discoveryland")
    add(reve, "dragon", "La Tanière du Dragon", 5, "no_wait", land="Fantasyland")
    add(reve, "phantom", "Phantom Manoir", 35, land="Frontierland")
    add(reve, "train", "Train de la Mine « Éclair »", 45, "virtual", land="Frontierland")
    add(reve, "casse", "Casse-Noisette", 15, land="Fantasyland")
    add(reve, "volants", "Les Tapis Volants", 20, land="Adventureland")
    add(reve, "bateau", "Bateaux de l’Île", 10, land="Adventureland")
    add(reve, "fete", "Fête 🎆 Finale", type="SHOW", kind="show", land="Central Plaza")
    add(reve, "meet", "Meet Princesse Aurore", 30, land="Fantasyland")
    add(reve, "creperie", "Crêperie du Coin", type="RESTAURANT", kind="restaurant", qt=False)
    # 夢の国パーク
    add(yume, "uchu", "スペース・マウンテン", 75, "virtual")
    add(yume, "kaizoku", "カリブの海賊", 30)
    add(yume, "bee", "プーさんのハニーハント", 60)
    add(yume, "mura", "ビーバーブラザーズのカヌー探険", 10)
    add(yume, "journey", "Journey to the Center", 70, "paid")
    add(yume, "tower5", "タワー・オブ・テラー", 55)
    add(yume, "gondola", "Venetian Gondolas", 10, "no_wait")
    add(yume, "kids", "Aquatopia", 15)
    add(yume, "parade5", "ドリームライツ", type="SHOW", kind="show")
    add(yume, "ramen", "ラーメン横丁", type="RESTAURANT", kind="restaurant")
    # Not in any park
    hotel = Place("hotel", "Sunshine Grand Hotel", "HOTEL", ny, sunshine)
    places.append(hotel)
    for number, place in enumerate(places):
        park = place.parent
        place.lat = round(park.lat + ((number * 37) % 100 - 50) / 40000, 6)
        place.lon = round(park.lon + ((number * 61) % 100 - 50) / 40000, 6)
    return [sunshine, coast, world], parks, places


DESTINATIONS, PARKS, PLACES = build_world()
BY_ID = {place.id: place for place in DESTINATIONS + PARKS + PLACES}
BY_SLUG = {d.slug: d for d in DESTINATIONS}
ONLY_QUEUE_TIMES: dict = {
    "id": 50,
    "name": "Cedar Bluff",
    "rides": [
        "Steel Vulture",
        "Kiddy Kingdom Carousel",
        "Steel Vulture Single Rider",
        "Log Flume",
        "Old '99",
        "Bumper Cars",
    ],
}


def schedule_rows(park: Place, day: date) -> list[dict]:
    """The park's schedule entries of one park-local day."""
    zone = ZoneInfo(park.zone)

    def row(kind, opens, closes, description=None, purchases=None):
        start = datetime.combine(day, time(*opens), tzinfo=zone)
        end_day = day + timedelta(days=1) if closes <= opens else day
        end = datetime.combine(end_day, time(*closes), tzinfo=zone)
        entry = {"date": day.isoformat(), "type": kind, "closingTime": end.isoformat()}
        if description:
            entry["description"] = description
        if purchases:
            entry["purchases"] = purchases
        entry["openingTime"] = start.isoformat()
        return entry

    weekday = day.weekday()
    if park.key == "p1":
        price = {"amount": 3700, "currency": "USD", "formatted": "$37.00"}
        rows = [
            row("TICKETED_EVENT", (8, 30), (9, 0), "Early Entry"),
            row(
                "OPERATING",
                (9, 0),
                (22, 0),
                purchases=[
                    {
                        "id": "multipass",
                        "name": "Multi Pass",
                        "type": "PACKAGE",
                        "price": price,
                        "available": True,
                    }
                ],
            ),
        ]
        if weekday == 2:  # a second entry of the same type on one day
            rows.append(row("TICKETED_EVENT", (22, 0), (0, 0), "Extended Evening"))
        return rows
    if park.key == "p2":  # past midnight
        rows = [row("OPERATING", (9, 0), (1, 0)), row("INFO", (14, 0), (1, 0), "Park Hopping")]
        return [row("EXTRA_HOURS", (8, 0), (9, 0)), *rows] if weekday == 4 else rows
    if park.key == "p3":
        if weekday == 0:
            return []  # closed: no entry at all
        if weekday == 5:  # two openings on one day
            return [row("OPERATING", (10, 0), (14, 0)), row("OPERATING", (18, 0), (23, 0))]
        rows = [row("OPERATING", (10, 0), (20, 0))]
        if weekday == 6:  # the same span twice
            rows.append(row("EXTRA_HOURS", (10, 0), (20, 0)))
        return rows
    if park.key == "p4":
        if day.month == 11 and day.day >= 9:
            return []  # end of season
        return [row("EXTRA_HOURS", (8, 30), (9, 30)), row("OPERATING", (9, 30), (23, 0))]
    return [row("OPERATING", (8, 30), (21, 0))]


def opening_windows(park: Place, day: date) -> list[tuple[datetime, datetime]]:
    return [
        (utc(r["openingTime"]), utc(r["closingTime"]))
        for r in schedule_rows(park, day)
        if r["type"] == "OPERATING"
    ]
