"""A URL is a path: the file that answers it is found without looking (docs/development.md)."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

from stats.api import urls

ROOT = Path(__file__).resolve().parents[3]
VIEWS = {
    str(route.pattern): vars(route.callback).get("view_class", route.callback) for route in urls.urlpatterns
}
DEVELOPMENT = (ROOT / "docs/development.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `/(\S*)` \| `(\S+\.py)` \|$", DEVELOPMENT, re.M))


def shown(route: str) -> str:
    """A route as the table writes it: /api/parks/<id>/rides."""
    return re.sub(r"<id:\w+>", "<id>", route)


def path_of(route: str) -> str:
    """The file that the URL names by itself: ids left out, dashes become underscores."""
    parts = [part for part in route.split("/")[1:] if not part.startswith("<")]
    return f"stats/questions/{'/'.join(parts).replace('-', '_')}.py"


def asked_by(route: str) -> set[str]:
    """The files of what a view uses, or what it calls in its own module; and its own file."""
    view = VIEWS[route]
    module = sys.modules[view.__module__]
    own = Path(inspect.getfile(module))
    defined = {
        node.name: node
        for node in ast.parse(own.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    found, waiting, seen = {own}, [view.__name__], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in defined:
            continue
        seen.add(name)
        for node in ast.walk(defined[name]):
            if isinstance(node, ast.Name):
                waiting.append(node.id)
                value = getattr(module, node.id, None)
                if inspect.ismodule(value) or inspect.isfunction(value):
                    found.add(Path(inspect.getfile(value)))
    return {str(file.relative_to(ROOT)) for file in found if file.is_relative_to(ROOT)}


@pytest.mark.parametrize("route", VIEWS)
def test_the_file_that_a_url_or_the_table_names_answers_it(route):
    file = TABLE.get(shown(route), path_of(route))
    assert (ROOT / file).is_file(), f"no {file}: the table has to name another"
    assert file in asked_by(route)


def test_the_table_names_only_what_a_url_does_not_name_itself():
    by_itself = {shown(route) for route in VIEWS if (ROOT / path_of(route)).is_file()}
    assert not by_itself & set(TABLE)
    assert set(TABLE) <= {shown(route) for route in VIEWS}
