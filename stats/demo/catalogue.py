"""The parks of the demo: real names and places; hours, rides and everything that happens are made up."""

from __future__ import annotations

from typing import Final, NamedTuple


class Hours(NamedTuple):
    """Opening hours in local time; a closing hour above 24 is on the next day."""

    weekday: tuple[int, int]
    weekend: tuple[int, int]
    closed_on: tuple[int, ...] = ()
    """Weekdays without opening, Monday = 0."""


RESORT: Final = Hours((9, 22), (8, 23))
LATE: Final = Hours((8, 24), (8, 25))
DAY: Final = Hours((10, 19), (10, 21))
LONG: Final = Hours((10, 22), (10, 24))
SHORT: Final = Hours((11, 18), (10, 19))
FIVE_DAYS: Final = Hours((11, 18), (10, 20), (1, 2))
SEASON_OVER: Final = Hours((0, 0), (0, 0), (0, 1, 2, 3, 4, 5, 6))


class DemoPark(NamedTuple):
    """A park; without `wiki` its only source is Queue-Times, which knows open and closed, but no status."""

    name: str
    city: str
    state: str | None
    country: str
    timezone: str
    latitude: str
    longitude: str
    operator: str | None
    hours: Hours
    wiki: bool = True
    active: bool = True


_NY, _CHI, _DEN, _LA = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_PAR, _BER = "Europe/Paris", "Europe/Berlin"
_SIX, _CF, _DIS, _UNI = "Six Flags", "Cedar Fair", "Disney", "Universal"
_SEA, _HER = "SeaWorld Parks", "Herschend"

# The first dozen holds one of every kind, since that is what `scripts/demo` shows.
PARKS: Final[tuple[DemoPark, ...]] = (
    DemoPark("Magic Kingdom", "Orlando", "FL", "US", _NY, "28.4177", "-81.5812", _DIS, RESORT),
    DemoPark("Disneyland", "Anaheim", "CA", "US", _LA, "33.8121", "-117.919", _DIS, LATE),
    DemoPark("Universal Studios Florida", "Orlando", "FL", "US", _NY, "28.4749", "-81.4664", _UNI, RESORT),
    DemoPark("Dollywood", "Pigeon Forge", "TN", "US", _NY, "35.7953", "-83.5306", _HER, DAY),
    DemoPark("Cedar Point", "Sandusky", "OH", "US", _NY, "41.4822", "-82.6835", _CF, DAY),
    DemoPark("Knott's Berry Farm", "Buena Park", "CA", "US", _LA, "33.8443", "-118.0003", _CF, LONG),
    DemoPark(
        "Castles N' Coasters",
        "Phoenix",
        "AZ",
        "US",
        "America/Phoenix",
        "33.5787",
        "-112.1184",
        None,
        LONG,
        wiki=False,
    ),
    DemoPark("Valleyfair", "Shakopee", "MN", "US", _CHI, "44.7990", "-93.4520", _CF, SEASON_OVER),
    DemoPark("Europa-Park", "Rust", None, "DE", _BER, "48.2660", "7.7220", "Mack", SHORT),
    DemoPark("Tokyo DisneySea", "Urayasu", None, "JP", "Asia/Tokyo", "35.6267", "139.8850", _DIS, RESORT),
    DemoPark("Hersheypark", "Hershey", "PA", "US", _NY, "40.2879", "-76.6548", "Hershey", FIVE_DAYS),
    DemoPark(
        "Wild Rivers Pier",
        "Long Beach",
        "CA",
        "US",
        _LA,
        "33.7626",
        "-118.1890",
        "Independent",
        DAY,
        wiki=False,
        active=False,
    ),
    DemoPark("EPCOT", "Orlando", "FL", "US", _NY, "28.3747", "-81.5494", _DIS, RESORT),
    DemoPark("Disney's Hollywood Studios", "Orlando", "FL", "US", _NY, "28.3575", "-81.5583", _DIS, RESORT),
    DemoPark("Disney's Animal Kingdom", "Orlando", "FL", "US", _NY, "28.3597", "-81.5913", _DIS, DAY),
    DemoPark("Disney California Adventure", "Anaheim", "CA", "US", _LA, "33.8087", "-117.919", _DIS, RESORT),
    DemoPark(
        "Universal Islands of Adventure", "Orlando", "FL", "US", _NY, "28.4720", "-81.4690", _UNI, RESORT
    ),
    DemoPark("Universal Epic Universe", "Orlando", "FL", "US", _NY, "28.4730", "-81.4470", _UNI, RESORT),
    DemoPark(
        "Universal Studios Hollywood", "Universal City", "CA", "US", _LA, "34.1381", "-118.3534", _UNI, RESORT
    ),
    DemoPark("Disneyland Paris", "Marne-la-Vallée", None, "FR", _PAR, "48.8722", "2.7758", _DIS, RESORT),
    DemoPark(
        "Disney Adventure World", "Marne-la-Vallée", None, "FR", _PAR, "48.8674", "2.7790", _DIS, RESORT
    ),
    DemoPark("Tokyo Disneyland", "Urayasu", None, "JP", "Asia/Tokyo", "35.6329", "139.8804", _DIS, RESORT),
    DemoPark(
        "Shanghai Disneyland", "Shanghai", None, "CN", "Asia/Shanghai", "31.1440", "121.6570", _DIS, RESORT
    ),
    DemoPark(
        "Hong Kong Disneyland", "Hong Kong", None, "HK", "Asia/Hong_Kong", "22.3130", "114.0413", _DIS, DAY
    ),
    DemoPark(
        "Universal Studios Japan", "Osaka", None, "JP", "Asia/Tokyo", "34.6654", "135.4323", _UNI, RESORT
    ),
    DemoPark(
        "Universal Studios Singapore",
        "Singapore",
        None,
        "SG",
        "Asia/Singapore",
        "1.2540",
        "103.8238",
        _UNI,
        DAY,
    ),
    DemoPark(
        "Universal Beijing Resort", "Beijing", None, "CN", "Asia/Shanghai", "39.8550", "116.6750", _UNI, DAY
    ),
    DemoPark("Kings Island", "Mason", "OH", "US", _NY, "39.3447", "-84.2686", _CF, DAY),
    DemoPark("Kings Dominion", "Doswell", "VA", "US", _NY, "37.8400", "-77.4450", _CF, FIVE_DAYS),
    DemoPark("Carowinds", "Charlotte", "NC", "US", _NY, "35.1045", "-80.9394", _CF, DAY),
    DemoPark(
        "Canada's Wonderland", "Vaughan", "ON", "CA", "America/Toronto", "43.8430", "-79.5396", _CF, DAY
    ),
    DemoPark(
        "California's Great America", "Santa Clara", "CA", "US", _LA, "37.3979", "-121.9743", _CF, FIVE_DAYS
    ),
    DemoPark("Dorney Park", "Allentown", "PA", "US", _NY, "40.5790", "-75.5330", _CF, FIVE_DAYS),
    DemoPark(
        "Michigan's Adventure",
        "Muskegon",
        "MI",
        "US",
        "America/Detroit",
        "43.3450",
        "-86.2790",
        _CF,
        SEASON_OVER,
    ),
    DemoPark("Worlds of Fun", "Kansas City", "MO", "US", _CHI, "39.1750", "-94.4870", _CF, SHORT),
    DemoPark("Six Flags Magic Mountain", "Valencia", "CA", "US", _LA, "34.4253", "-118.5972", _SIX, DAY),
    DemoPark("Six Flags Great Adventure", "Jackson", "NJ", "US", _NY, "40.1370", "-74.4400", _SIX, DAY),
    DemoPark("Six Flags Great America", "Gurnee", "IL", "US", _CHI, "42.3700", "-87.9350", _SIX, DAY),
    DemoPark("Six Flags Over Texas", "Arlington", "TX", "US", _CHI, "32.7550", "-97.0700", _SIX, DAY),
    DemoPark("Six Flags Over Georgia", "Austell", "GA", "US", _NY, "33.7680", "-84.5510", _SIX, DAY),
    DemoPark("Six Flags Fiesta Texas", "San Antonio", "TX", "US", _CHI, "29.5990", "-98.6090", _SIX, DAY),
    DemoPark("Six Flags St. Louis", "Eureka", "MO", "US", _CHI, "38.5130", "-90.6750", _SIX, SHORT),
    DemoPark("Six Flags New England", "Agawam", "MA", "US", _NY, "42.0370", "-72.6150", _SIX, SHORT),
    DemoPark(
        "Six Flags America", "Bowie", "MD", "US", _NY, "38.9060", "-76.7720", _SIX, SEASON_OVER, active=False
    ),
    DemoPark(
        "Six Flags Discovery Kingdom", "Vallejo", "CA", "US", _LA, "38.1380", "-122.2330", _SIX, FIVE_DAYS
    ),
    DemoPark("Six Flags Darien Lake", "Corfu", "NY", "US", _NY, "42.9290", "-78.3850", _SIX, SHORT),
    DemoPark(
        "La Ronde", "Montréal", None, "CA", "America/Toronto", "45.5220", "-73.5350", _SIX, SHORT, wiki=False
    ),
    DemoPark(
        "Six Flags México",
        "Ciudad de México",
        None,
        "MX",
        "America/Mexico_City",
        "19.2950",
        "-99.2110",
        _SIX,
        SHORT,
    ),
    DemoPark("SeaWorld Orlando", "Orlando", "FL", "US", _NY, "28.4110", "-81.4610", _SEA, DAY),
    DemoPark("SeaWorld San Diego", "San Diego", "CA", "US", _LA, "32.7640", "-117.2260", _SEA, DAY),
    DemoPark("SeaWorld San Antonio", "San Antonio", "TX", "US", _CHI, "29.4580", "-98.7000", _SEA, SHORT),
    DemoPark("Busch Gardens Tampa", "Tampa", "FL", "US", _NY, "28.0370", "-82.4190", _SEA, DAY),
    DemoPark("Busch Gardens Williamsburg", "Williamsburg", "VA", "US", _NY, "37.2340", "-76.6450", _SEA, DAY),
    DemoPark("Silver Dollar City", "Branson", "MO", "US", _CHI, "36.6680", "-93.3390", _HER, DAY),
    DemoPark("Kennywood", "West Mifflin", "PA", "US", _NY, "40.3880", "-79.8640", _HER, SHORT),
    DemoPark("Lagoon", "Farmington", "UT", "US", _DEN, "40.9850", "-111.8930", None, SHORT, wiki=False),
    DemoPark("Elitch Gardens", "Denver", "CO", "US", _DEN, "39.7506", "-105.0098", None, SHORT),
    DemoPark("Holiday World", "Santa Claus", "IN", "US", _CHI, "38.1180", "-86.9130", None, SHORT),
    DemoPark("Silverwood", "Athol", "ID", "US", _LA, "47.9080", "-116.7050", None, SEASON_OVER, wiki=False),
    DemoPark("Knoebels", "Elysburg", "PA", "US", _NY, "40.8790", "-76.5050", None, SHORT, wiki=False),
    DemoPark(
        "Lake Compounce", "Bristol", "CT", "US", _NY, "41.6420", "-72.9230", None, FIVE_DAYS, wiki=False
    ),
    DemoPark("Legoland Florida", "Winter Haven", "FL", "US", _NY, "27.9890", "-81.6900", "Merlin", SHORT),
    DemoPark("Legoland California", "Carlsbad", "CA", "US", _LA, "33.1260", "-117.3110", "Merlin", SHORT),
    DemoPark("Legoland New York", "Goshen", "NY", "US", _NY, "41.3830", "-74.3100", "Merlin", FIVE_DAYS),
    DemoPark("Legoland Deutschland", "Günzburg", None, "DE", _BER, "48.4240", "10.2990", "Merlin", SHORT),
    DemoPark(
        "Legoland Billund", "Billund", None, "DK", "Europe/Copenhagen", "55.7350", "9.1280", "Merlin", SHORT
    ),
    DemoPark(
        "Legoland Windsor", "Windsor", None, "GB", "Europe/London", "51.4630", "-0.6510", "Merlin", SHORT
    ),
    DemoPark("Alton Towers", "Alton", None, "GB", "Europe/London", "52.9880", "-1.8880", "Merlin", SHORT),
    DemoPark("Thorpe Park", "Chertsey", None, "GB", "Europe/London", "51.4050", "-0.5140", "Merlin", SHORT),
    DemoPark(
        "Chessington World of Adventures",
        "Chessington",
        None,
        "GB",
        "Europe/London",
        "51.3490",
        "-0.3170",
        "Merlin",
        SHORT,
    ),
    DemoPark(
        "Blackpool Pleasure Beach",
        "Blackpool",
        None,
        "GB",
        "Europe/London",
        "53.7910",
        "-3.0550",
        None,
        SHORT,
        wiki=False,
    ),
    DemoPark(
        "Gardaland", "Castelnuovo del Garda", None, "IT", "Europe/Rome", "45.4550", "10.7140", "Merlin", DAY
    ),
    DemoPark("Heide Park", "Soltau", None, "DE", _BER, "53.0240", "9.8770", "Merlin", SHORT),
    DemoPark("Phantasialand", "Brühl", None, "DE", _BER, "50.8000", "6.8790", None, SHORT),
    DemoPark("Efteling", "Kaatsheuvel", None, "NL", "Europe/Amsterdam", "51.6490", "5.0440", None, DAY),
    DemoPark(
        "Walibi Holland",
        "Biddinghuizen",
        None,
        "NL",
        "Europe/Amsterdam",
        "52.4400",
        "5.7660",
        "Compagnie des Alpes",
        SHORT,
    ),
    DemoPark(
        "Walibi Belgium",
        "Wavre",
        None,
        "BE",
        "Europe/Brussels",
        "50.7020",
        "4.5940",
        "Compagnie des Alpes",
        SHORT,
    ),
    DemoPark("Parc Astérix", "Plailly", None, "FR", _PAR, "49.1340", "2.5710", "Compagnie des Alpes", DAY),
    DemoPark("PortAventura Park", "Salou", None, "ES", "Europe/Madrid", "41.0870", "1.1570", None, DAY),
    DemoPark(
        "Ferrari Land", "Salou", None, "ES", "Europe/Madrid", "41.0840", "1.1510", None, SHORT, wiki=False
    ),
    DemoPark("Liseberg", "Göteborg", None, "SE", "Europe/Stockholm", "57.6950", "11.9920", None, LONG),
    DemoPark(
        "Djurs Sommerland",
        "Nimtofte",
        None,
        "DK",
        "Europe/Copenhagen",
        "56.4260",
        "10.5510",
        None,
        SHORT,
        wiki=False,
    ),
    DemoPark(
        "Tivoli Gardens", "København", None, "DK", "Europe/Copenhagen", "55.6740", "12.5680", None, LONG
    ),
    DemoPark("Everland", "Yongin", None, "KR", "Asia/Seoul", "37.2940", "127.2020", "Samsung", DAY),
    DemoPark("Lotte World", "Seoul", None, "KR", "Asia/Seoul", "37.5110", "127.0980", None, LONG),
    DemoPark(
        "Nagashima Spa Land",
        "Kuwana",
        None,
        "JP",
        "Asia/Tokyo",
        "35.0290",
        "136.7290",
        None,
        SHORT,
        wiki=False,
    ),
    DemoPark("Fuji-Q Highland", "Fujiyoshida", None, "JP", "Asia/Tokyo", "35.4870", "138.7800", None, SHORT),
    DemoPark(
        "Ocean Park", "Hong Kong", None, "HK", "Asia/Hong_Kong", "22.2460", "114.1750", None, DAY, wiki=False
    ),
    DemoPark("Dreamworld", "Coomera", "QLD", "AU", "Australia/Brisbane", "-27.8640", "153.3160", None, SHORT),
    DemoPark(
        "Movie World", "Oxenford", "QLD", "AU", "Australia/Brisbane", "-27.9080", "153.3120", "Village", SHORT
    ),
)

FIRST_WORDS: Final = (
    "Thunder", "Phantom", "Haunted", "Jungle", "Crystal", "Copper", "Wild", "Golden", "Mystic", "Iron",
    "Sky", "Arctic", "Pirate", "Dragon", "Emerald", "Galactic", "Midnight", "Flying", "Storm", "Lost",
    "Enchanted", "Screaming", "Tiny", "Rocket", "Silver", "Café", "Señor Coyote's", "“Old No. 7”",
)  # fmt: skip
SECOND_WORDS: Final = (
    "Mountain", "Rapids", "Express", "Coaster", "Carousel", "Safari", "Odyssey", "Plunge", "Voyage",
    "Racer", "Swings", "Chase", "Flight", "Railroad", "Manor", "Falls", "Orbiter", "Adventure", "Twister",
    "Tower", "Cavern", "Journey", "Runaway", "Étoile", "Manège", "Run 🎢", "& Friends",
)  # fmt: skip
LANDS: Final = (
    "Main Street", "Frontier Land", "Tomorrow Row", "Fantasy Land", "Jungle Reach", "Lost Lagoon", "Pier 9",
)  # fmt: skip
