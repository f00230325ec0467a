"""The database says what its columns hold, and nothing is copied for that."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from parkstats_project.db import catalogue
from stats.tests.databases import empty_database, migrate_to_first, run
from stats.tests.migrating import differences, migrate, small_case, state

pytestmark = pytest.mark.mariadb

APPS = ("parks", "rides", "weather", "stats")


@pytest.mark.django_db
def test_every_column_says_what_its_field_says():
    tables = catalogue.read(connection)
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        columns = tables[model._meta.db_table].columns
        for field in model._meta.local_concrete_fields:
            assert columns[field.column].comment == (field.db_comment or ""), field


@pytest.mark.whole
def test_what_a_legacy_column_says_gives_way_without_a_copy(django_db_blocker):
    sent = []

    def listen(execute, sql, params, many, context):
        sent.append(sql)
        return execute(sql, params, many, context)

    with django_db_blocker.unblock(), empty_database():
        call_command("migrate", verbosity=0)
        fresh = catalogue.read(connection)
    with django_db_blocker.unblock(), empty_database():
        migrate_to_first()
        run(
            "ALTER TABLE parks MODIFY country varchar(2) NOT NULL COMMENT 'It''s a \\\\', COMMENT 'Parks'",
            "ALTER TABLE park_schedules MODIFY created_at datetime DEFAULT CURRENT_TIMESTAMP COMMENT 'made'",
            "ALTER TABLE rides MODIFY tier tinyint(4) DEFAULT NULL COMMENT 'importance'",
        )
        for app in APPS:
            text = StringIO()
            call_command("sqlmigrate", app, names(app), stdout=text)
            assert "COMMENT 'UTC" in text.getvalue() or app in ("rides", "weather")
        with connection.execute_wrapper(listen):
            call_command("migrate", verbosity=0)
        assert list(catalogue.differences(fresh, catalogue.read(connection))) == []
    described = [sql for sql in sent if "COMMENT '" in sql and sql.startswith("ALTER TABLE")]
    assert len(described) >= 20
    assert all("ALGORITHM=INSTANT" in sql or "ALGORITHM=INPLACE" in sql for sql in described)


@pytest.mark.whole
def test_adoption_and_the_way_back_lose_nothing_but_comments(django_db_blocker):
    with django_db_blocker.unblock(), small_case():
        run(
            "ALTER TABLE parks MODIFY country varchar(2) NOT NULL COMMENT 'two letters', COMMENT 'Parks'",
            "ALTER TABLE rides MODIFY tier tinyint(4) DEFAULT NULL COMMENT 'importance'",
            "ALTER TABLE ride_hourly_stats MODIFY snapshot_count int(11) NOT NULL COMMENT 'seen'",
            "ALTER TABLE ride_classifications MODIFY research_sources longtext CHARACTER SET utf8mb4 "
            "COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'sources' CHECK (json_valid(`research_sources`))",
        )
        before = state()
        call_command("migrate", verbosity=0)
        for app in ("stats", "weather", "rides", "parks"):
            migrate(app, "0001")
        assert set(differences(before, state())) == {
            "parks: column country: comment is '', not 'two letters'",
            "rides: column tier: comment is '', not 'importance'",
            "ride_hourly_stats: column snapshot_count: comment is '', not 'seen'",
        }
        with connection.cursor() as cursor:
            cursor.execute("SHOW TABLE STATUS LIKE 'parks'")
            assert cursor.fetchone()[-1] != "Parks"


def names(app):
    """The migration that describes the columns of an app."""
    (found,) = Path(settings.BASE_DIR, app, "migrations").glob("*_names_and_comments.py")
    return found.stem
