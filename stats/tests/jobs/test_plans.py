"""The plans of all queries on big tables, at a size where the optimizer has a choice."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from freezegun import freeze_time

from stats.jobs import plans
from stats.jobs.plans import Statement, judge

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

# Late in the Pacific day, so that today has many hours.
UNTIL = "2025-12-20T06:00:00Z"

FAULTS = {
    "SELECT `wait_time` FROM `ride_status_snapshots`": "full scan of ",
    "SELECT 1 FROM `ride_status_snapshots` WHERE `ride_status_snapshots`.`wait_time` = 5": "full scan of ",
    "SELECT 1 FROM `ride_status_changes` WHERE `ride_status_changes`.`ride_id` = 1": "no plan is stated for ",
    "SELECT 1 FROM `ride_status_snapshots` FORCE INDEX (`rss_time_covering`) WHERE "
    "`ride_status_snapshots`.`recorded_at` < '2000-01-01' AND `ride_status_snapshots`.`wait_time` = 5 "
    "LIMIT 1": "no plan is stated for ",
    "SELECT 1 FROM `ride_status_snapshots` USE INDEX (`rss_ride_covering`) WHERE "
    "`ride_status_snapshots`.`ride_id` > 1 AND `ride_status_snapshots`.`recorded_at` > '2000-01-01'": (
        "4 bytes of rss_ride_covering are compared instead of 8"
    ),
    "SELECT `stat_id` FROM `ride_daily_stats` FORCE INDEX (`unique_ride_date`) WHERE "
    "`ride_daily_stats`.`stat_date` = '2025-12-01' AND `ride_daily_stats`.`metrics_version` = 1 AND "
    "`ride_daily_stats`.`ride_id` = 5": "index unique_ride_date instead of idx_ride_daily_ranking",
}


@pytest.mark.whole
def test_every_query_on_a_big_table_is_read_as_stated_and_others_are_named(monkeypatch, capsys):
    # 145,000 ride snapshots and 80,000 daily rows; load_demo ends with ANALYZE.
    size = {"parks": "16", "rides": "400", "days": "3", "daily_days": "200"}
    call_command("load_demo", **size, until=UNTIL, no_progress=True, stdout=io.StringIO())
    with freeze_time(UNTIL):
        call_command("explain_queries")
        number, words = capsys.readouterr().out.strip().split(" ", 1)
        assert int(number) > 30
        assert words.startswith("statements on big tables are read as stated, 0 are not judged")

        for sql, fault in FAULTS.items():
            # MariaDB 11.8 also estimates more rows than stated of one of them.
            line, *_ = judge(Statement("probe", sql, None))
            assert line.startswith("probe, ") and fault in line, (sql, line)

        monkeypatch.setattr(plans, "PLANS", [plan._replace(rows=0) for plan in plans.PLANS])
        out = io.StringIO()
        with pytest.raises(CommandError, match="are not as stated") as failed:
            call_command("explain_queries", stdout=out)
        assert failed.value.returncode == 1
        assert " rows estimated, more than 0" in out.getvalue().splitlines()[0]
