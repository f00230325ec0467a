"""Judges answers by the API's description."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema_rs

from stats.api.openapi import description


def path_of(url: str) -> str | None:
    """The described path that a URL (without its query) belongs to."""
    for path in description.document()["paths"]:
        if re.fullmatch(re.sub(r"{\w+}", r"\\d+", path), url, re.ASCII):
            return str(path)
    return None


@cache
def validator(path: str, method: str, status: int) -> Any:
    """Of the JSON bodies of a status; KeyError for one that is not described."""
    document = description.document()
    content = document["paths"][path][method.lower()]["responses"][str(status)]["content"]
    # References lead into the components, which therefore stand beside the schema.
    schema = content["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({"allOf": [schema], "components": document["components"]})


def complaints(path: str, method: str, status: int, body: Any) -> list[str]:
    """What the description does not allow about an answer; empty if it is as described."""
    try:
        found = validator(path, method, status)
    except KeyError:
        return [f"{status} is not described"]
    return [f"{list(error.instance_path)}: {error.message[:300]}" for error in found.iter_errors(body)]
