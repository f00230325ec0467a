"""Imports run downwards only, and what each floor must not do (docs/design.md 2, D1, D3, D10)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("parks", "rides", "weather", "stats", "parkstats_project")

# From the ground up: a module stands on the last of these that its path starts with, and imports from its own
# floor or from below. A folder (or, beside folders, a module) that is on none of them fails.
FLOORS = (
    "parkstats_project/base/",
    "parkstats_project/environment",
    "parkstats_project/feeds/",
    "parkstats_project/db/",
    "parkstats_project/settings",
    "parks/",
    "rides/",
    "weather/",
    "stats/choices",
    "stats/models/",
    "stats/rules",
    "stats/frames/",
    "stats/questions/",
    "stats/jobs/",
    "stats/api/wire/",
    "stats/api/shapes/",
    "stats/api/",
    "stats/api/openapi/",
    "stats/api/urls",
    "stats/admin/",
    "stats/demo/",
    "stats/management/",
    "stats/apps",
    "parkstats_project/urls",
    "parkstats_project/wsgi",
    "parkstats_project/worker",
    "parkstats_project/server",
)
# Modules that something outside calls by name: nobody may import them.
ENTRIES = ("apps",)

# Sending SQL text is what these are for: migrations' operations, and looking at the schema.
RAW_SQL = {
    "parkstats_project.db.statements": "the few statements that no queryset can express",
    "parkstats_project.db.dump": "whole databases: dumped, loaded, counted",
    "parkstats_project.db.online_ddl": "ALTER TABLE beside readers and writers",
    "parkstats_project.db.catalogue": "information_schema",
    "parkstats_project.db.checks": "variables of the session",
    "parkstats_project.db.comments": "comments of columns",
    "parkstats_project.db.conditions": "information_schema; time zones before there are models",
    "parkstats_project.db.create_table": "a variable of the session",
    "parkstats_project.db.encryption": "a variable of the session",
    "parkstats_project.db.events": "events of the old retention",
    "parkstats_project.db.table_changes": "which columns are there",
    "parkstats_project.db.replicas": "how far a replica is behind",
    "parkstats_project.db.interrupted": "which tables and columns are there",
    "parkstats_project.db.privileges": "statements that the server refuses",
}

# Divisions that make no figure.
PLAIN_DIVISION = {
    "stats.questions.analytics._bound": "number of buckets, for a limit",
    "stats.questions.trends.charts._grid": "number of steps of time",
    "stats.questions.health.disk_space": "gigabytes and percent of a disk",
    "stats.questions.health.whole_minutes": "a time span in minutes",
    "stats.questions.trends.mock_charts": "made-up numbers for an empty chart",
    "stats.api.wire.requests": "milliseconds of a request",
    "stats.demo": "a simulated world",
    "stats.jobs.performance": "times against each other",
    "stats.management": "progress of a job",
    "stats.jobs.discover.places.distance_km": "a distance on the earth",
    "stats.jobs.discover.names.similarity": "how alike two names are",
}

CLOCKS = {
    ("datetime", "now"),
    ("timezone", "now"),
    ("date", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}
MAY_READ_THE_CLOCK = {"parkstats_project.base.clock", "parkstats_project.db.fields"}


def modules() -> dict[str, Path]:
    """All application modules: no tests, no migrations."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "tests" not in parts and "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def nodes(module: str) -> Iterator[ast.AST]:
    """All nodes but what only the type checker sees."""
    waiting: list[ast.AST] = [tree(module)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def imports(module: str) -> set[str]:
    """The application modules that a module imports."""
    found = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                found.add(whole if whole in MODULES else node.module)
    return (found & set(MODULES)) - {module}


def floor(module: str) -> int:
    path = MODULES[module].relative_to(ROOT).as_posix().removesuffix(".py")
    if path.endswith("/__init__"):
        path = path.removesuffix("__init__")
    standing = [
        number
        for number, start in enumerate(FLOORS)
        if path == start or path.startswith(start) and start[-1] == "/"
    ]
    if not standing and path.count("/") == 1 and path.endswith("/"):
        return len(FLOORS)  # the empty root of a package
    assert standing, f"{path} stands on no floor"
    return max(standing, key=lambda number: len(FLOORS[number]))


def where(module: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the dotted name of the function or class it stands in."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            inner = f"{name}.{child.name}" if named else name  # type: ignore[attr-defined]
            yield inner, child
            yield from walk(child, inner)

    yield from walk(tree(module), module)


def is_listed(name: str, listed: object) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in listed)  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------- floors


def test_every_floor_has_something_on_it():
    assert {floor(module) for module in MODULES} >= set(range(len(FLOORS)))


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module):
    above = {other for other in imports(module) if floor(other) > floor(module)}
    assert not above


def test_no_module_imports_itself_in_a_circle():
    try:
        TopologicalSorter({module: imports(module) for module in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {error.args[1]}")


def test_nothing_of_the_project_package_knows_an_app():
    for module in MODULES:
        if module.startswith(("parkstats_project.base", "parkstats_project.db")):
            others = {other.partition(".")[0] for other in imports(module)}
            assert others <= {"parkstats_project"}, module


def test_the_site_does_without_the_clients_of_the_sources():
    needed = set()
    waiting = [module for module in MODULES if module.startswith(("stats.api", "stats.admin"))]
    while waiting:
        module = waiting.pop()
        if module not in needed:
            needed.add(module)
            waiting.extend(imports(module))
    assert not needed & {"parkstats_project.feeds.themeparks_wiki", "parkstats_project.feeds.http"}


def test_rides_and_weather_do_not_know_each_other():
    for module in MODULES:
        if module.startswith("weather."):
            assert not {other for other in imports(module) if other.startswith("rides.")}, module


def test_nobody_imports_what_is_called_by_name():
    for module in MODULES:
        called = {other for other in imports(module) if other.partition(".")[2] in ENTRIES}
        assert not called, module


def test_a_route_is_answered_without_asking_the_database_itself():
    """Views read parameters, make one call and render: no model and no queryset on the fourth floor."""
    for module in MODULES:
        if module.startswith("stats.api"):
            models = {other for other in imports(module) if other.split(".")[1:2] == ["models"]}
            assert not models, module


# ------------------------------------------------------------------------------------- SQL, numbers, clock


def test_which_engine_it_is_is_asked_in_one_folder():
    names = ("mysql", "mariadb", "sqlite", "django.db.backends.mysql", "django.db.backends.sqlite3")
    for module in MODULES:
        if module.startswith("parkstats_project.db."):
            continue
        for node in nodes(module):
            assert not (isinstance(node, ast.Attribute) and node.attr in ("vendor", "display_name")), module
            assert not (isinstance(node, ast.Constant) and node.value in names), module


@pytest.mark.parametrize("module", MODULES)
def test_sql_is_written_by_the_orm(module):
    written = [
        node
        for node in nodes(module)
        if (isinstance(node, ast.Name) and node.id == "RawSQL")
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("cursor", "raw", "extra", "executemany")
        )
    ]
    assert bool(written) <= (module in RAW_SQL)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "stats.frames.read"])
def test_a_query_becomes_a_frame_in_one_place(module):
    """No function reads rows and makes a frame of them but `read.frame`."""
    for function in nodes(module):
        if isinstance(function, ast.FunctionDef):
            called = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            reads = any(name.endswith((".values_list", ".values", ".iterator")) for name in called)
            made = called & {"pl.DataFrame", "pl.Series", "pl.from_records", "pl.from_dicts", "pl.read_csv"}
            # Payloads are frames already: what is made is the table of their owners.
            assert not (reads and made) or (module, function.name) == ("stats.frames.archive", "_archived")


def test_every_exception_of_the_rule_is_needed():
    for module in RAW_SQL:
        assert any(isinstance(node, ast.Attribute) and node.attr == "cursor" for node in nodes(module)), (
            module
        )


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("stats")])
def test_figures_are_divided_and_rounded_in_one_place(module):
    if module == "parkstats_project.base.arithmetic":
        return
    for name, node in where(module):
        divided = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        rounded = isinstance(node, ast.Call) and ast.unparse(node.func) == "round"
        averaged = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("mean", "truediv", "std", "var", "round")
            and ast.unparse(node.func.value) != "series"
        )
        if divided or rounded or averaged:
            assert is_listed(name, PLAIN_DIVISION), f"{name}: {ast.unparse(node)}"


@pytest.mark.parametrize("module", MODULES)
def test_now_is_taken_in_one_place(module):
    """Once per request or job, and passed down; the database's clock is only a column's default."""
    for node in nodes(module):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            assert (owner, node.attr) not in CLOCKS or module in MAY_READ_THE_CLOCK
        if isinstance(node, ast.Name) and node.id == "Now":
            assert module in MAY_READ_THE_CLOCK


@pytest.mark.parametrize("module", [name for name in MODULES if name not in MAY_READ_THE_CLOCK])
def test_no_statement_reads_the_clock_of_the_database(module):
    words = ("now()", "current_timestamp", "curdate()", "utc_timestamp", "sysdate()", "unix_timestamp()")
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            found = [word for word in words if word in node.value.lower()]
            assert not found or module in (
                "parkstats_project.db.create_table",
                "parkstats_project.db.findings",
                "parkstats_project.db.catalogue",
                "parkstats_project.db.fields",
            )
