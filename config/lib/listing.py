"""List pages: search, filters in the address, sort, pages, export, keyboard, two empty states.

One URL: the whole page without JavaScript, only the table for an htmx request.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db.models import Q
from django.forms import ChoiceField, ModelChoiceField, NullBooleanField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView
from django_filters import FilterSet
from django_tables2 import SingleTableMixin

from config.lib.errors import Invalid
from config.lib.export import csv_response, safe_cell, xlsx_response
from config.lib.htmx import wants_part

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = ["ListPage", "safe_cell"]

MAX_EXPORT_ROWS = 100_000
MAX_WORDS = 6
DASHES = "---------"  # what the filter library shows for "not set"


class ListPage(SingleTableMixin, ListView):  # type: ignore[type-arg]  # generic over any model
    """A list of rows the person may see.

    Subclasses set ``access`` (who may open) and ``table_class``, give the visible rows in
    ``get_queryset()`` and may set ``filterset_class`` (its form becomes the filter bar) and
    ``search_fields`` (lookups for the search box; every word must be found in one of them).
    ``totals_template`` is drawn above the table and refreshed with it: what the filtered rows come
    to. ``row_url`` makes rows lead somewhere. The button to ``create_url_name`` is shown to those
    who hold ``create_right``.
    """

    template_name = "components/list_page.html"
    title: StrOrPromise = ""
    lead: StrOrPromise = ""
    filterset_class: type[FilterSet] | None = None
    search_fields: tuple[str, ...] = ()
    search_placeholder: StrOrPromise = _("Search")
    create_url_name = ""
    create_label: StrOrPromise = _("Add")
    create_right = ""
    empty_title: StrOrPromise = _("Nothing here yet")
    empty_text: StrOrPromise = ""
    empty_icon = "inbox"
    export_name = "export"
    totals_template = ""
    rows_per_page = 50
    filterset: FilterSet | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (wanted := request.GET.get("_export")) in {"csv", "xlsx"}:
            return self.export(str(wanted))
        return super().get(request, *args, **kwargs)

    # --- rows -----------------------------------------------------------------------------------
    def get_table_data(self) -> Any:
        """The visible rows after the filters and the search box."""
        rows = self.object_list if hasattr(self, "object_list") else self.get_queryset()
        if self.filterset_class is not None:
            self.filterset = self.filterset_class(
                self.request.GET, queryset=rows, request=self.request
            )
            _name_the_blank(self.filterset)
            rows = self.filterset.qs
        return self.search(rows, self.query)

    def search(self, rows: Any, query: str) -> Any:
        """Rows in which every word of ``query`` is found in one of ``search_fields``."""
        if not self.search_fields:
            return rows
        for word in query.split()[:MAX_WORDS]:
            rows = rows.filter(reduce(or_, (Q(**{_lookup(f): word}) for f in self.search_fields)))
        return rows

    @property
    def query(self) -> str:
        return self.request.GET.get("q", "").strip()[:200]

    def row_url(self, record: Any) -> str | None:
        """Where a row leads; its own page by default, nowhere when it has none."""
        own = getattr(record, "get_absolute_url", None)
        return own() if own else None

    # --- table ----------------------------------------------------------------------------------
    def get_table(self, **kwargs: Any) -> tables.Table:
        table: tables.Table = self.get_table_class()(data=self.get_table_data(), **kwargs)
        table.row_attrs = {**table.row_attrs, "data-href": self.row_url}
        table.fragment = "#list"
        page = self.request.GET.get("page", "1")
        if sort := self.request.GET.getlist("sort"):
            table.order_by = sort
        # Any page number is answered: too high gives the last page, a word gives the first.
        number = int(page[:9]) if page.isascii() and page.isdigit() else 1
        table.paginate(page=1, per_page=self.rows_per_page)
        if number > 1:
            table.page = table.paginator.page(min(number, table.paginator.num_pages))
        return table

    def export(self, kind: str) -> HttpResponse:
        """Every row the filters leave, in the shown order. Raises `Invalid` above the limit."""
        self.object_list = self.get_queryset()
        table: tables.Table = self.get_table_class()(data=self.get_table_data())
        if sort := self.request.GET.getlist("sort"):
            table.order_by = sort
        if len(table.rows) > MAX_EXPORT_ROWS:
            raise Invalid(_("Too many rows for one file: narrow the list with filters."))
        write = csv_response if kind == "csv" else xlsx_response
        return write(self.export_name, table.as_values())

    # --- page -----------------------------------------------------------------------------------
    def get_template_names(self) -> list[str]:
        if wants_part(self.request, "list"):
            return ["components/_list.html"]
        return super().get_template_names()

    @property
    def is_filtered(self) -> bool:
        """Whether the person has narrowed the list."""
        names = {"q", *(self.filterset.form.fields if self.filterset else ())}
        return any(value.strip() for name in names for value in self.request.GET.getlist(name))

    @property
    def create_url(self) -> str:
        """The address of the "Add" button; "" for those who may not."""
        user: Any = self.request.user
        if not self.create_url_name or (self.create_right and not user.can(self.create_right)):
            return ""
        return reverse(self.create_url_name)

    def get_empty_text(self) -> StrOrPromise:
        """What an empty list says: what to do first, to those who may do it."""
        if self.create_url_name and not self.create_url:
            return _("Nothing that your role lets you see is here yet.")
        return self.empty_text

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        has_search = bool(self.search_fields)
        return context | {
            "page": self,
            "title": self.title,
            "lead": self.lead,
            "has_search": has_search,
            "query": self.query,
            "filter_form": self.filterset.form if self.filterset else None,
            "is_filtered": self.is_filtered,
            "empty_text": self.get_empty_text(),
            "create_url": self.create_url,
        }


def _name_the_blank(filterset: FilterSet) -> None:
    """ "any" instead of a row of dashes in the choice filters."""
    # Translators: a filter that is not set, "any (role, state)"
    any_label = _("any")
    for field in filterset.form.fields.values():
        if isinstance(field, ModelChoiceField):
            if field.empty_label == DASHES:
                field.empty_label = any_label
        elif isinstance(field, NullBooleanField):
            field.widget.choices = [("", any_label), *list(field.widget.choices)[1:]]
        elif isinstance(field, ChoiceField):
            choices = list(field.widget.choices)
            if choices[:1] == [("", DASHES)]:
                field.widget.choices = [("", any_label), *choices[1:]]


def _lookup(field: str) -> str:
    """``name`` → ``name__icontains``; a lookup that is already given stays."""
    known = ("__icontains", "__istartswith", "__iexact", "__exact", "__contains")
    return field if field.endswith(known) else f"{field}__icontains"
