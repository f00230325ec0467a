"""The payload of an archived park day: typed frames, packed so that a day of all parks is a few hundred kB.

Layout: `PSA2`, then one zlib stream of: the length of the header (a little-endian unsigned 32-bit integer)
and the header, JSON; for each section its number of rows and of bytes (two such integers), then the sections,
each a Parquet file, or nothing for a frame without rows. Which sections there are, in which order and with
which columns, is `SECTIONS[kind]`. Numbers are integers: times in epoch seconds, decimals scaled, statuses as
codes, of which the header has the table. `PSA1`, as all kinds were written at first and hours still are, has
no header: its codes are `FIRST_CODES`, and who was who on its day is not known.

Three measures make it small. Rows are sorted by ride and then time, so that the same values stand together
(a third of the size in order of time). Ids, which the collector counts upwards, are held relative to the
first one of their moment: a ride then has nearly the same small number all day. That first row itself holds
its id negated. And the files are compressed as one, since most of a small Parquet file is its description of
itself, which the sections have in common (60 % of the size with zstd inside each file).
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Sequence
from typing import IO, Final, NamedTuple, TypeAlias, TypedDict

import polars as pl

from rides.status import CODES
from stats.choices import ArchiveKind

MAGIC: Final = b"PSA2"
MAGIC_OF_FIRST: Final = b"PSA1"
FIRST_CODES: Final = {"OPERATING": 1, "DOWN": 2, "CLOSED": 3, "REFURBISHMENT": 4}

Schema: TypeAlias = dict[str, type[pl.DataType]]

RIDES: Final[Schema] = {
    "snapshot_id": pl.Int64,
    "ride_id": pl.Int32,
    "at": pl.Int64,
    "status": pl.UInt8,
    "wait": pl.Int32,
    "running": pl.Boolean,
    "is_open": pl.Boolean,
}
PARKS: Final[Schema] = {
    "snapshot_id": pl.Int64,
    "park_id": pl.Int32,
    "at": pl.Int64,
    "total_rides": pl.Int32,
    "rides_open": pl.Int32,
    "rides_closed": pl.Int32,
    "avg_wait": pl.Int64,
    "max_wait": pl.Int32,
    "appears_open": pl.Boolean,
    "shame": pl.Int64,
}
CHANGES: Final[Schema] = {
    "change_id": pl.Int64,
    "ride_id": pl.Int32,
    "at": pl.Int64,
    "previous_status": pl.Boolean,
    "previous_code": pl.UInt8,
    "new_status": pl.Boolean,
    "new_code": pl.UInt8,
    "duration": pl.Int32,
    "wait": pl.Int32,
    "since": pl.Int64,
}
RIDE_HOURS: Final[Schema] = {
    "id": pl.Int64,
    "ride_id": pl.Int32,
    "park_id": pl.Int32,
    "hour": pl.Int64,
    "avg_wait": pl.Int64,
    "operating": pl.Int32,
    "down": pl.Int32,
    "downtime": pl.Int64,
    "uptime": pl.Int64,
    "snapshots": pl.Int32,
    "operated": pl.Boolean,
    "created": pl.Int64,
    "updated": pl.Int64,
}
PARK_HOURS: Final[Schema] = {
    "id": pl.Int64,
    "park_id": pl.Int32,
    "hour": pl.Int64,
    "shame": pl.Int64,
    "avg_wait": pl.Int64,
    "rides_operating": pl.Int32,
    "rides_down": pl.Int32,
    "downtime": pl.Int64,
    "weighted_downtime": pl.Int64,
    "weight": pl.Int64,
    "snapshots": pl.Int32,
    "was_open": pl.Boolean,
    "created": pl.Int64,
    "updated": pl.Int64,
}
# What a retired table would have given its next row; only the newest day of its kind has it.
COUNTER: Final[Schema] = {"next_id": pl.Int64}


class ParkFacts(TypedDict):
    """What a park was on the day."""

    name: str
    is_disney: bool
    is_universal: bool
    is_active: bool
    timezone: str


class RideFacts(TypedDict):
    """What a ride of the park was on the day; `weight` is the **tier weight** (docs/contract/rules.md 7)."""

    ride_id: int
    is_active: bool
    category: str | None
    weight: int


class Header(TypedDict):
    """Who was who on the day, and what the codes of its rows mean."""

    codes: dict[str, int]
    park: ParkFacts
    rides: list[RideFacts]


class Section(NamedTuple):
    """One frame of a payload: its columns, the id, entity and time its rows are arranged by, its codes."""

    schema: Schema
    identity: str | None = None
    entity: str | None = None
    time: str | None = None
    codes: tuple[str, ...] = ()


SECTIONS: Final[dict[str, tuple[Section, ...]]] = {
    ArchiveKind.OBSERVATIONS: (
        Section(RIDES, "snapshot_id", "ride_id", "at", ("status",)),
        Section(PARKS, "snapshot_id", "park_id", "at"),
        Section(CHANGES, "change_id", "ride_id", "at", ("previous_code", "new_code")),
    ),
    ArchiveKind.RIDE_HOURS: (Section(RIDE_HOURS, "id", "ride_id", "hour"), Section(COUNTER)),
    ArchiveKind.PARK_HOURS: (Section(PARK_HOURS, "id", "park_id", "hour"), Section(COUNTER)),
}

_SIZES: Final = struct.Struct("<II")
_LENGTH: Final = struct.Struct("<I")


class Opened(NamedTuple):
    """The frames of many payloads together, and the header of each (None if it has none)."""

    frames: list[pl.DataFrame]
    headers: list[Header | None]


def frame_of(rows: Sequence[tuple[object, ...]], schema: Schema) -> pl.DataFrame:
    """Rows of plain integers (or None) as typed columns, in the order given."""
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pl.DataFrame(
        [
            pl.Series(name, column, dtype=pl.Int64).cast(dtype)
            for (name, dtype), column in zip(schema.items(), columns, strict=True)
        ]
    )


def row_count(kind: str, frames: Sequence[pl.DataFrame]) -> int:
    """The number of archived rows in the frames of a payload; a counter is none."""
    return sum(
        len(frame)
        for section, frame in zip(SECTIONS[kind], frames, strict=True)
        if section.schema is not COUNTER
    )


def pack(kind: str, frames: Sequence[pl.DataFrame], header: Header | None = None) -> bytes:
    """One park's day as bytes; `frames` in the order of `SECTIONS[kind]`, rows in any order.

    Observations have a header, hours have none.
    """
    sections = SECTIONS[kind]
    blobs = [
        _parquet(_arranged(frame.select(list(section.schema)), section)) if len(frame) else b""
        for section, frame in zip(sections, frames, strict=True)
    ]
    sizes = b"".join(_SIZES.pack(len(f), len(b)) for f, b in zip(frames, blobs, strict=True))
    if header is None:
        return MAGIC_OF_FIRST + zlib.compress(b"".join([sizes, *blobs]), level=9)
    text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    return MAGIC + zlib.compress(b"".join([_LENGTH.pack(len(text)), text, sizes, *blobs]), level=9)


def unpack(kind: str, payloads: Sequence[bytes]) -> list[pl.DataFrame]:
    """The frames of many park days together, one frame per section of the kind, rows by entity and time.

    Raises ValueError (or zlib.error) for bytes that are no payload of this kind.
    """
    return [frame.drop("part") for frame in open_payloads(kind, payloads).frames]


def open_payloads(kind: str, payloads: Sequence[bytes], *, ids: bool = True) -> Opened:
    """The same, with their headers; the column `part` tells the place of a row's payload among `payloads`.

    Codes are those of `rides.status` now. Without `ids` the rows have none, and take half the time. Raises
    ValueError also for a status that there is no more.
    """
    parts = [_parts(kind, payload) for payload in payloads]
    frames = []
    for number, section in enumerate(SECTIONS[kind]):
        found = [(n, *sizes[number]) for n, (_, sizes) in enumerate(parts) if sizes[number][0]]
        frames.append(_restored(section, found, ids))
    headers = [header for header, _ in parts]
    for number, section in enumerate(SECTIONS[kind]):
        if section.codes:
            frames[number] = _with_current_codes(frames[number], section, headers)
    return Opened(frames, headers)


def _with_current_codes(
    frame: pl.DataFrame, section: Section, headers: Sequence[Header | None]
) -> pl.DataFrame:
    tables = [FIRST_CODES if header is None else header["codes"] for header in headers]
    for number, table in enumerate(tables):
        if table == CODES:
            continue
        if unknown := set(table) - set(CODES):
            raise ValueError(f"archived status {', '.join(sorted(unknown))} is none any more")
        current = {code: CODES[text] for text, code in table.items()}
        frame = frame.with_columns(
            pl.when(pl.col("part") == number)
            .then(pl.col(name).replace(current))
            .otherwise(pl.col(name))
            .alias(name)
            for name in section.codes
        )
    return frame


def _parts(kind: str, payload: bytes) -> tuple[Header | None, list[tuple[int, bytes]]]:
    if payload[: len(MAGIC)] not in (MAGIC, MAGIC_OF_FIRST):
        raise ValueError("not an archive payload")
    packed = zlib.decompress(payload[len(MAGIC) :])
    header: Header | None = None
    at = 0
    if payload.startswith(MAGIC):
        (length,) = _LENGTH.unpack_from(packed)
        at = _LENGTH.size + length
        header = json.loads(packed[_LENGTH.size : at])
    start = at + _SIZES.size * len(SECTIONS[kind])
    parts = []
    for rows, size in _SIZES.iter_unpack(packed[at:start]):
        parts.append((rows, packed[start : start + size]))
        start += size
    if start != len(packed):
        raise ValueError(f"not an archive payload of kind {kind}")
    return header, parts


def _parquet(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target, compression="uncompressed", statistics=False)
    return target.getvalue()


def _arranged(frame: pl.DataFrame, section: Section) -> pl.DataFrame:
    if section.identity is None or section.entity is None or section.time is None:
        return frame
    identity = pl.col(section.identity)
    first = identity.min().over(section.time)
    return frame.sort(section.entity, section.time, section.identity).with_columns(
        pl.when(identity == first).then(-identity).otherwise(identity - first).alias(section.identity)
    )


def _restored(section: Section, parts: Sequence[tuple[int, int, bytes]], ids: bool) -> pl.DataFrame:
    wanted = {name: kind for name, kind in section.schema.items() if ids or name != section.identity}
    if not parts:
        return pl.DataFrame(schema=wanted | {"part": pl.Int32})
    # One call for all: a file takes 0.1 ms that way, and 0.4 ms on its own.
    files: list[IO[bytes]] = [io.BytesIO(blob) for _, _, blob in parts]
    # Days archived before there was a column lack it.
    frame = pl.read_parquet(files, columns=list(wanted), schema=section.schema, missing_columns="insert")
    lengths = pl.DataFrame(
        {"part": [number for number, _, _ in parts], "rows": [rows for _, rows, _ in parts]},
        schema={"part": pl.Int32, "rows": pl.Int32},
    )
    frame = frame.with_columns(lengths.select(pl.col("part").repeat_by("rows").explode()).to_series())
    if section.identity is None or section.time is None or not ids:
        return frame
    identity = pl.col(section.identity)
    first = -identity.min().over("part", section.time)
    whole = pl.when(identity < 0).then(-identity).otherwise(identity + first)
    return frame.with_columns(whole.alias(section.identity))
