"""A badge: a label and a value as a small SVG."""

from __future__ import annotations

from typing import Final

from django.template.loader import render_to_string

SUFFIX: Final = ".svg"
SVG: Final = "image/svg+xml"
NO_DATA: Final = "#6b737a"
CHARACTER_WIDTH: Final = 7


def draw(label: str, value: str, colour: str = NO_DATA, *, name: str = "", credits: str = "") -> str:
    """The SVG; `name` is what it is of, for those who do not see it."""
    left, right = (CHARACTER_WIDTH * len(text) + 12 for text in (label, value))
    shown = {
        "label": label,
        "value": value,
        "colour": colour,
        "left": left,
        "right": right,
        "width": left + right,
        "middle_left": left // 2,
        "middle_right": left + right // 2,
        "said": ": ".join(filter(None, (name, label, value))),
        "credits": credits,
    }
    return render_to_string("stats/badge.svg", shown)
