"""How much one client may ask: `PARKSTATS_THROTTLE`, such as 120/min; off if it is not set."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class ClientThrottle(SimpleRateThrottle):
    """Counts requests by address, in the cache: of each process if that is `locmemcache://`."""

    scope = "client"

    def get_rate(self) -> str:
        """Requests and unit of time."""
        rate: str = settings.PARKSTATS_THROTTLE
        return rate

    def get_cache_key(self, request: Request, view: Any) -> str:
        """The client's address; behind a proxy, the one that the proxy saw (`NUM_PROXIES`)."""
        return f"parkstats:throttle:{self.get_ident(request)}"
