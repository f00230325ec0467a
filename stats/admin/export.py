"""What a list shows as CSV, row by row, so that a table of a million rows needs no memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any, Final

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

MOST_ROWS: Final = 100_000
CHUNK: Final = 2000
LINKS: Final = 10_000
"""Different links that are remembered: many rows have the same park or ride."""


class _Line:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def as_csv(modeladmin: Any, request: HttpRequest) -> StreamingHttpResponse | HttpResponseRedirect:
    """The rows of the list, filtered and sorted as it is; at most MOST_ROWS of them.

    Parameters that the list does not know lead to the list without any, as those of the list itself do.
    """
    if not modeladmin.has_view_permission(request):
        raise PermissionDenied
    name = modeladmin.opts.model_name
    try:
        shown = modeladmin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        page = reverse(f"admin:{modeladmin.opts.app_label}_{name}_changelist")
        return HttpResponseRedirect(f"{page}?{ERROR_FLAG}=1")
    columns = [name for name in shown.list_display if name != "action_checkbox"]
    rows = shown.queryset[:MOST_ROWS].iterator(chunk_size=CHUNK)
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield writer.writerow(str(label_for_field(name, modeladmin.model, modeladmin)) for name in columns)
        for row in rows:
            yield writer.writerow(_value(name, row, modeladmin) for name in columns)

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


def _value(name: Any, row: Any, modeladmin: Any) -> str:
    value = lookup_field(name, row, modeladmin)[2]
    text = _text(value) if isinstance(value, SafeString) else "" if value is None else str(value)
    # A spreadsheet takes such a text for a formula.
    return f"'{text}" if text[:1] in ("=", "+", "@") else text


@lru_cache(LINKS)
def _text(markup: SafeString) -> str:
    """What a link says."""
    return unescape(strip_tags(markup))
