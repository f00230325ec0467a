"""Forms of the admin, as a browser sends them back."""

from __future__ import annotations

from typing import Any


def form_of(reply: Any) -> dict[str, Any]:
    """What a browser would send back."""
    form = reply.context["adminform"].form
    sent = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False:
            widget = bound.field.widget
            for name, part in zip(
                [f"{bound.html_name}_0", f"{bound.html_name}_1"],
                getattr(widget, "decompress", lambda _: ())(value),
                strict=False,
            ):
                sent[name] = part
            sent.setdefault(bound.html_name, value)
    return sent
