"""Models are written as Django people expect them."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from django.apps import apps

MODELS = [
    model for app in ("parks", "rides", "weather", "stats") for model in apps.get_app_config(app).get_models()
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_index_says_who_needs_it(model):
    lines = Path(inspect.getfile(model)).read_text(encoding="utf-8").splitlines()
    (own,) = (
        node
        for node in ast.parse("\n".join(lines)).body
        if isinstance(node, ast.ClassDef) and node.name == model.__name__
    )
    (meta,) = (node for node in own.body if isinstance(node, ast.ClassDef) and node.name == "Meta")
    for option in meta.body:
        if not isinstance(option, ast.Assign) or ast.unparse(option.targets[0]) != "indexes":
            continue
        said_of_all = lines[option.lineno - 2].lstrip().startswith("# ")
        for index in option.value.elts:
            assert said_of_all or lines[index.lineno - 2].lstrip().startswith("# "), ast.unparse(index)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_called_what_people_call_it(model):
    names = f"{model._meta.verbose_name} {model._meta.verbose_name_plural}"
    assert "stats" not in names
    assert "staging" not in names
