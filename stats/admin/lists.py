"""How the admin shows big tables: without counting them, without giant selects, linked to each other.

What all `admin.py` share; it knows models by their relations only, so that `parks` imports nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal, TypeVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from parkstats_project.base import clock
from parkstats_project.base.zones import zone_named
from stats.admin.export import as_csv
from stats.admin.titles import TITLES, titled

M = TypeVar("M", bound=Model)

OPERATE: Final = "stats.operate_jobs"
NOTHING: Final = "-"
AFTER: Final = "after"
MOST_DIGITS: Final = 19
MOST_NAMED: Final = 200
"""Parks or rides that a search for a name looks at."""


class KeyedList(ChangeList):
    """A list of a table that is too big to count: it goes on behind a row, `?after=<its id>`.

    A page is as cheap as the first one, however far back it lies, if an index has the order of the list.
    """

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Without where to go on."""
        found = super().get_filters_params(params)
        found.pop(AFTER, None)
        return found

    def get_results(self, request: HttpRequest) -> None:
        """One row more than a page tells whether there is a next one."""
        rows, self.out_of_reach = self._rows_after(request.GET.get(AFTER)), "p" in request.GET
        found = [] if rows is None or self.out_of_reach else list(rows[: self.list_per_page + 1])
        self.out_of_reach |= rows is None
        self.result_list: Any = found[: self.list_per_page]
        self.goes_on = len(found) > self.list_per_page
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.next_page = self.get_query_string({AFTER: found[-2].pk}, ["p"]) if self.goes_on else ""
        self.first_page = self.get_query_string({}, [AFTER, "p"])
        self.begins_later = AFTER in request.GET

    def _rows_after(self, key: str | None) -> QuerySet[Any] | None:
        """The rows of the list behind the one with this id; None if there is no such row."""
        rows: QuerySet[Any] = self.queryset
        if key is None:
            return rows
        order = [str(name) for name in rows.query.order_by]
        fields = [name.removeprefix("-") for name in order]
        known = key.isascii() and key.isdigit() and len(key) < MOST_DIGITS
        here = self.root_queryset.filter(pk=int(key)).values_list(*fields).first() if known else None
        if here is None:
            return None
        behind = Q()
        for number, name in enumerate(order):
            same = dict(zip(fields[:number], here, strict=False))
            further = f"{fields[number]}__{'lt' if name.startswith('-') else 'gt'}"
            behind |= Q(**same, **{further: here[number]})
        # Said once more for the first column alone, so that the range begins there.
        first = f"{fields[0]}__{'lte' if order[0].startswith('-') else 'gte'}"
        return rows.filter(behind, **{first: here[0]})


class Choosing(admin.ModelAdmin[M]):
    """A list whose actions begin only if what was chosen are rows of it."""

    def response_action(self, request: HttpRequest, queryset: QuerySet[M], *how: Any) -> HttpResponse | None:
        """Back to the list, with a word why, if a key can be none, or if no row has one of them."""
        try:
            known = queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME)).exists()
        except (ValueError, OverflowError, ValidationError):
            known = False
        if known:
            return super().response_action(request, queryset, *how)
        self.message_user(request, "What was chosen is not in this list; nothing was done.", messages.ERROR)
        return None


class Editable(Choosing[M]):
    """A table that people maintain; its page ends with links to everything that refers to the row."""

    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/exported.html"

    def get_urls(self) -> list[URLPattern]:
        """Django's, after the list as CSV."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_csv"
        return [path("csv", self.admin_site.admin_view(self.csv), name=name), *super().get_urls()]

    def csv(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, as CSV."""
        return as_csv(self, request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the address of its CSV."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_csv")
        shown = {
            "csv_address": f"{address}?{request.GET.urlencode()}",
            "title": capfirst(str(self.opts.verbose_name_plural)),
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may start jobs."""
        return request.user.has_perm(OPERATE)

    def get_list_display(self, request: HttpRequest) -> Any:
        """The columns under their titles."""
        return [titled(self.model, name) for name in super().get_list_display(request)]

    def get_form(
        self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The fields under their titles."""
        return super().get_form(request, obj, change, labels=TITLES, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A moment is typed in in UTC, and says so."""
        if isinstance(db_field, DateTimeField):
            kwargs.setdefault("help_text", "UTC")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        """A new row shows nothing of what the database fills in."""
        fields = super().get_fields(request, obj)
        return fields if obj else [name for name in fields if name not in self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[str]:
        """The declared ones, and on the page of a row the links."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if obj is None or not _relations(self.model) else [*fields, "see_also"]

    @admin.display(description="see also")
    def see_also(self, row: M) -> SafeString:
        """Lists of the rows that refer to this one."""
        return links(_lists_about(row))


class Pictured(Editable[M]):
    """A table whose rows have pictures above their form; `figures` names the address of what they show."""

    change_form_template = "admin/pictures.html"
    figures: ClassVar[str]
    day_picture: ClassVar[str]
    day_only: ClassVar[bool] = False

    def pictured(self, key: int) -> tuple[int, date] | None:
        """Whose pictures the row with this id has, and of which day; None if there is no such row."""
        return key, clock.pacific_date(clock.now())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form below its pictures."""
        known = object_id.isascii() and object_id.isdigit() and len(object_id) < MOST_DIGITS
        pictured = self.pictured(int(object_id)) if known else None
        pictures = pictured and {
            "figures": reverse(f"admin:{self.figures}", args=[pictured[0]]),
            "day_picture": self.day_picture,
            "day_only": self.day_only,
            "day": pictured[1].isoformat(),
            "today": clock.pacific_date(clock.now()).isoformat(),
            "minutes": settings.PARKSTATS_COLLECTION_MINUTES,
        }
        return super().change_view(
            request, object_id, form_url, {"pictures": pictures} | (extra_context or {})
        )


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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """One that goes on by key."""
        return KeyedList

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


def on_clock_of(park: Any, start: datetime | None, end: datetime | None) -> str:
    """Two moments as `09:00 to 22:00 America/New_York`; nothing if both are unknown, or the zone is."""
    zone = zone_named(park.timezone) if park else None
    if zone is None or (start is None and end is None):
        return NOTHING
    times = [f"{moment.astimezone(zone):%H:%M}" if moment else "?" for moment in (start, end)]
    return f"{' to '.join(times)} {park.timezone}"


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
