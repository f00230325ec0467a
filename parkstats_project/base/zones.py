"""Time zones by their names."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, None if there is none.

    Python takes any file beside the zones (`localtime`, `posix/...`) for one; Polars knows the list.
    """
    try:
        zone = ZoneInfo(name)
        pl.select(pl.lit(0).cast(pl.Datetime("ms", "UTC")).dt.convert_time_zone(name))
    except (KeyError, ValueError, OSError, pl.exceptions.ComputeError):
        return None
    return zone
