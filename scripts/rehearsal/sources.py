"""The public sources of the rehearsal: `sources.py PORT`, the stand-in of the tests at the present moment."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from parkstats_project.tests.upstream.server import FakeUpstream

with FakeUpstream(int(sys.argv[1])) as upstream:
    while True:
        upstream.at(datetime.now(UTC))
        time.sleep(1)
