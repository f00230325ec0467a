"""Databases of a test's own, for what cannot be rolled back: DDL, migrations, adoption."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import Model

from parkstats_project.db import catalogue
from parkstats_project.tests import cases
from stats.models import JobLease, JobRun

_numbers = itertools.count(1)


@contextmanager
def empty_database() -> Iterator[str]:
    """A new database, which the default connection leads to meanwhile; dropped at the end."""
    name = f"{cases.database_name('scratch')}_{next(_numbers)}"
    with cases.connected_to(""), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    try:
        with cases.connected_to(name):
            yield name
    finally:
        cases.drop(name)


def migrate_to_first(*, fake_initial: bool = False) -> None:
    """Run (or record) the first migrations of the four apps, and nothing later."""
    for app in ("parks", "rides", "weather", "stats"):
        call_command("migrate", app, "0001_initial", fake_initial=fake_initial, verbosity=0)


def run(*statements: str) -> None:
    """Execute SQL as an operator would."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def as_user_with(*privileges: str) -> Iterator[str]:
    """The default connection belongs to a user who has only these privileges on the database."""
    settings = connections.settings["default"]
    before, database = (settings["USER"], settings["PASSWORD"]), settings["NAME"]
    user = f"parkstats_{len(privileges)}_{database}"[-32:]
    run(
        f"DROP USER IF EXISTS `{user}`",
        f"CREATE USER `{user}` IDENTIFIED BY 'plain'",
        f"GRANT {', '.join(privileges)} ON `{database}`.* TO `{user}`",
    )
    connections["default"].close()
    settings["USER"], settings["PASSWORD"] = user, "plain"
    try:
        yield user
    finally:
        connections["default"].close()
        settings["USER"], settings["PASSWORD"] = before
        run(f"DROP USER `{user}`")


def legacy_schema() -> dict[str, catalogue.Table]:
    """`golden/schema.json` in the shape of `schema.read`."""
    recorded = json.loads((cases.GOLDEN / "schema.json").read_text(encoding="utf-8"))["tables"]
    tables = {}
    for name, parts in recorded.items():
        table = tables[name] = catalogue.Table(
            name=name, engine=parts["engine"], collation=parts["collation"]
        )
        for column in parts["columns"]:
            table.columns[column["name"]] = catalogue.Column(
                name=column["name"],
                type=catalogue.normal_type(column["type"]),
                nullable=column["nullable"],
                default=catalogue.normal_default(column["default"]),
                extra=catalogue.normal_extra(column["extra"]),
                collation=column.get("collation"),
            )
        table.indexes["PRIMARY"] = catalogue.Index(
            name="PRIMARY", unique=True, columns=tuple(parts["primary_key"])
        )
        for index in parts["indexes"]:
            columns = tuple(
                ("-" if column["direction"] == "DESC" else "") + column["name"] for column in index["columns"]
            )
            table.indexes[index["name"]] = catalogue.Index(
                name=index["name"], unique=index["unique"], columns=columns
            )
        for key in parts["foreign_keys"]:
            table.foreign_keys[key["name"]] = catalogue.ForeignKey(
                name=key["name"],
                columns=tuple(key["columns"]),
                target=key["referenced_table"],
                target_columns=tuple(key["referenced_columns"]),
                on_delete=key["on_delete"],
                on_update=key["on_update"],
            )
        table.checks = [catalogue.normal_clause(check["clause"]) for check in parts["checks"]]
        catalogue.mark_json(table)
    return tables


def dump(*models: type[Model], without: Iterable[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """All rows of the tables (by default of all tables of the four apps but the leases), by primary key."""
    chosen = models or [
        model
        for app in ("parks", "rides", "stats", "weather")
        for model in apps.get_app_config(app).get_models()
        if model not in (JobLease, JobRun)
    ]
    left_out = set(without)
    return {
        model._meta.db_table: [
            {name: value for name, value in row.items() if name not in left_out}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in chosen
    }
