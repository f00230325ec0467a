"""How the admin shows big tables: without counting them, without giant selects, linked to each other.

What all `admin.py` share; it knows models by their relations only, so that `parks` imports nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final, Literal, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

M = TypeVar("M", bound=Model)

NOTHING: Final = "-"
PAGE: Final = "p"
MOST_PAGES: Final = 200
"""Farther back one gets by filter: a page costs as much as all pages before it."""

MOST_NAMED: Final = 200
"""Parks or rides that a search for a name looks at."""


class UncountedPaginator(Paginator[M]):
    """Pages of a table that is too big to count: looks one row beyond the page that is shown."""

    def __init__(self, rows: QuerySet[M], per_page: int, *, shown: int) -> None:
        super().__init__(rows, per_page)
        self.shown = shown

    @cached_property
    def count(self) -> int:
        """The rows up to this page, and one more if there is a next page."""
        before = (self.shown - 1) * self.per_page
        rows: Any = self.object_list
        return before + len(rows.values_list("pk")[before : before + self.per_page + 1])

    @property
    def near(self) -> Iterable[int]:
        """Numbers of the pages to link to."""
        return range(max(1, self.shown - 3), self.num_pages + 1)

    @property
    def goes_on(self) -> bool:
        """Whether there is a page after the one shown."""
        return self.num_pages > self.shown


class Editable(admin.ModelAdmin[M]):
    """A table that people maintain; its page ends with links to everything that refers to the row."""

    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[str]:
        """The declared ones, and on the page of a row the links."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if obj is None or not _relations(self.model) else [*fields, "see_also"]

    @admin.display(description="see also")
    def see_also(self, row: M) -> SafeString:
        """Lists of the rows that refer to this one."""
        return links(_lists_about(row))


class ReadOnly(Editable[M]):
    """A table whose rows belong to the collector or to a job: to be looked at only."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class Big(ReadOnly[M]):
    """A read-only table that grows without bound: never counted, sorted as an index has it.

    It is never joined for display: the optimizer may begin with the small table and sort all of the big one,
    which took 86 s for a million rows. A search means names (or the id) of the table `search_through`, whose
    rows are found first, so that the big table is asked by a key.
    """

    change_list_template = "admin/uncounted.html"
    list_max_show_all = 0
    sortable_by = ()
    ordering: ClassVar[Any] = ("-pk",)
    search_through: Literal["park", "ride"]

    def get_paginator(self, request: HttpRequest, queryset: Any, per_page: int, *_: Any, **__: Any) -> Any:
        """One that does not count."""
        asked = request.GET.get(PAGE, "")
        shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
        return UncountedPaginator(queryset, per_page, shown=min(max(shown, 1), MOST_PAGES))

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """The rows; what they belong to is read for the page that is shown."""
        shown = "ride__park" if self.search_through == "ride" else "park"
        return super().get_queryset(request).prefetch_related(shown)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """What the search box is about."""
        return (f"{self.search_through}__name",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        """Rows of the parks or rides with this id, or with this in their name."""
        term = search_term.strip()
        if not term:
            return queryset, False
        field = self.model._meta.get_field(self.search_through)
        assert isinstance(field, ForeignKey)
        related = field.related_model._default_manager
        if term.isascii() and term.isdigit():
            found = related.filter(pk=int(term)) if len(term) < 10 else related.none()
        else:
            found = related.filter(name__icontains=term)
        keys = list(found.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED])
        return queryset.filter(**{f"{self.search_through}__in": keys}), False


def to(row: Model | None) -> SafeString | str:
    """A link to the page of a row."""
    if row is None:
        return NOTHING
    return format_html('<a href="{}">{}</a>', reverse(_page(type(row), "change"), args=[row.pk]), row)


def list_of(label: str, **lookups: Any) -> str:
    """Address of the list of a model ("rides.Ride"), filtered."""
    app, _, model = label.lower().partition(".")
    return f"{reverse(f'admin:{app}_{model}_changelist')}?{urlencode(lookups)}"


def links(found: Iterable[tuple[str, str]]) -> SafeString:
    """(address, text) pairs as links, one a line."""
    return format_html_join(SafeString("<br>"), '<a href="{}">{}</a>', found)


@admin.display(description="park", ordering="park")
def park(row: Any) -> SafeString | str:
    """Column: the row's park."""
    return to(row.park)


@admin.display(description="ride", ordering="ride")
def ride(row: Any) -> SafeString | str:
    """Column: the row's ride."""
    return to(row.ride)


@admin.display(description="park")
def park_of_ride(row: Any) -> SafeString | str:
    """Column: the park of the row's ride."""
    return to(row.ride.park) if row.ride else NOTHING


def _page(model: type[Model], kind: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}"


def _relations(model: type[Model]) -> list[Any]:
    return [
        relation
        for relation in model._meta.related_objects
        if admin.site.is_registered(relation.related_model)
    ]


def _lists_about(row: Model) -> list[tuple[str, str]]:
    return [
        (
            list_of(relation.related_model._meta.label, **{f"{relation.field.name}__exact": row.pk}),
            str(relation.related_model._meta.verbose_name_plural),
        )
        for relation in _relations(type(row))
    ]
