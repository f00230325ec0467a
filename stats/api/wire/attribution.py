"""Whom the data are from, in the two forms that the routes show (docs/contract/README.md 2)."""

from typing import Final

ATTRIBUTION: Final = {"data_source": "ThemeParks.wiki", "url": "https://themeparks.wiki"}
"""Parks, rides and live routes."""

ATTRIBUTION_TEXT: Final = "Data powered by ThemeParks.wiki - https://themeparks.wiki"
"""Routes under /api/trends."""
