"""The migrations run on SQLite, too, back and forth, and keep the hourly rows there as well."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.whole
def test_hourly_rows_go_into_the_archive_and_come_back(tmp_path):
    path = tmp_path / "demo.sqlite3"

    def migrate(*arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", *arguments],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": f"sqlite:///{path}"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def rows(sql):
        connection = sqlite3.connect(path)
        with connection:
            found = connection.execute(sql).fetchall()
        connection.close()
        return found

    migrate("stats", "0003")
    rows("INSERT INTO parks (park_id, queue_times_id, name, city, country) VALUES (1, 1, 'P', 'C', 'US')")
    rows("INSERT INTO rides (ride_id, queue_times_id, park_id, name) VALUES (7, 7, 1, 'R')")
    rows(
        "INSERT INTO ride_hourly_stats (id, ride_id, park_id, hour_start_utc, avg_wait_time_minutes, "
        "downtime_hours, snapshot_count, ride_operated, created_at, updated_at) VALUES "
        "(40, 7, 1, '2025-12-19 07:00:00', 12.25, 0.17, 6, 1, '2025-12-19 08:05:01', NULL), "
        "(42, 7, 1, '2025-12-19 08:00:00', NULL, NULL, 0, 0, NULL, '2025-12-19 09:05:02')"
    )
    everything = "SELECT * FROM ride_hourly_stats ORDER BY id"
    before = rows(everything)
    migrate()
    assert rows("SELECT stat_date, kind, row_count, ride_ids FROM park_day_archive ORDER BY 1") == [
        ("2025-12-18", "ride_hours", 1, ",7,"),
        ("2025-12-19", "ride_hours", 1, ",7,"),
    ]
    migrate("stats", "0001")
    assert rows(everything) == before
    migrate("rides", "0001")
    migrate("parks", "0001")
    migrate()
    assert rows("SELECT name FROM sqlite_master WHERE name LIKE '%hourly%'") == []
