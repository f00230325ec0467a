"""How fast the pages are that people look at: the whole admin, the status page, badges and feeds.

The database of DATABASE_URL is filled to the design size, or carried on to now. Pages are asked for in this
process, as a superuser, all in turn; the list of a model, and the page of its newest row.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

import processes
import service

sys.path.insert(0, str(service.ROOT))
os.environ |= {"DJANGO_SETTINGS_MODULE": "parkstats_project.settings", "PARKSTATS_STATUS_PAGE": "1"}
os.environ.setdefault("DJANGO_SECRET_KEY", "a benchmark signs nothing")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="requests to each page (default: 10)")
    parser.add_argument("--no-fill", action="store_true", help="use the database as it is")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processes.machine()}")
    if not options.no_fill:
        service.fill()
    import django

    django.setup()
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    answers = ask(options.rounds + 1)
    for name, seconds, cpu in answers:
        taken[name].append((seconds, cpu))
    print(f"{'first ms':>9}{'p50':>8}{'p95':>8}{'CPU p50':>9}")
    for name, (first, *rest) in sorted(taken.items(), key=lambda item: -_share(item[1], 0.5, 1)):
        print(f"{1000 * first[0]:9.0f}{_share(rest, 0.5, 0):8.0f}{_share(rest, 0.95, 0):8.0f}", end="")
        print(f"{_share(rest, 0.5, 1):9.0f}   {name}")
    print(f"{len(taken)} pages; load {os.getloadavg()[0]:.1f}")


def ask(rounds: int) -> Iterator[tuple[str, float, float]]:
    """Name, seconds and processor seconds of every request; a page that fails ends the benchmark."""
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.test import Client
    from django.test.utils import override_settings

    client = Client()
    user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        client.force_login(user)
        pages = dict(addresses())
        for _ in range(rounds):
            for name, address in pages.items():
                cache.delete("status-page")
                start, cpu = time.perf_counter(), time.process_time()
                answer = client.get(address)
                b"".join(answer)
                yield name, time.perf_counter() - start, time.process_time() - cpu
                if answer.status_code != 200:
                    sys.exit(f"{name}: {address} answers {answer.status_code}")


def addresses() -> Iterator[tuple[str, str]]:
    """Name and address of every page; of the park with the most rides, and of its first one."""
    from django.contrib.admin.sites import site
    from django.db.models import Count
    from django.urls import reverse

    from parks.models import Park

    park = Park.objects.annotate(number=Count("rides")).order_by("-number")[0]
    ride = park.rides.order_by("pk")[0]
    yield "overview", reverse("admin:index")
    for model in site._registry:
        label, info = model._meta.label, f"{model._meta.app_label}_{model._meta.model_name}"
        yield f"list of {label}", reverse(f"admin:{info}_changelist")
        newest = model._default_manager.order_by("-pk").first()
        row = {"parks.Park": park, "rides.Ride": ride}.get(label, newest)
        if row is not None:
            yield f"page of {label}", reverse(f"admin:{info}_change", args=[row.pk])
    yield "pictures of a park", reverse("admin:park_figures", args=[park.pk])
    yield "pictures of a ride", reverse("admin:ride_figures", args=[ride.pk])
    yield "status", "/status"
    yield "badge", f"/status/parks/{park.pk}.svg?days=90"
    yield "feed of a park", f"/status/parks/{park.pk}.atom"
    yield "feed of a ride", f"/status/rides/{ride.pk}.atom"


def _share(taken: list[tuple[float, float]], share: float, which: int) -> float:
    """Milliseconds that this share of the requests did not exceed: of all time (0) or processor time (1)."""
    values = sorted(one[which] for one in taken)
    return 1000 * values[math.ceil(share * len(values)) - 1]


if __name__ == "__main__":
    main()
