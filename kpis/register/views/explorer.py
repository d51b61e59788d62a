"""Ways to look at the register: a list of figures, a pivot, the journal of changes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from config.lib.errors import Invalid
from config.lib.export import csv_response, xlsx_response
from config.lib.htmx import wants_part
from kpis.register import policies
from kpis.register.filters_results import PivotFilter, ResultFilter
from kpis.register.models import Result, Subject
from kpis.register.selectors.pivot_table import Pivot, pivot_table
from staff.accounts.access import access, user_of

LINES_SHOWN = 200
VIEWS = ("results", "pivot", "revisions")
# What the journal of changes understands of the address of the others.
SHARED = ("metric", "source", "subject", "period", "first", "last")


def view_tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """The three ways to look, each with the same choice of figures."""
    labels = {"results": _("Figures"), "pivot": _("Totals"), "revisions": _("Changed figures")}
    items = []
    for name in VIEWS:
        query = request.GET.copy()
        for dropped in ("page", "sort", "_export"):
            query.pop(dropped, None)
        if "revisions" in {name, active}:
            for other in [key for key in query if key not in SHARED]:
                query.pop(other)
        url = reverse(f"register:{name}") + (f"?{query.urlencode()}" if query else "")
        items.append({"label": labels[name], "url": url, "active": name == active})
    return items


def explorer_context(request: HttpRequest, found: ResultFilter, active: str) -> dict[str, Any]:
    """What the tools over the list and the pivot show: tabs, the choice in words."""
    chosen = found.chosen
    subject = None
    if chosen.get("subject"):
        known = Subject.objects.visible_to(user_of(request), policies.RESULT_VIEW)
        subject = known.filter(uid=chosen["subject"]).first()
    return {
        "tabs": view_tabs(request, active),
        "subject": subject,
        "metrics": found.metrics(),
        "first": chosen.get("first"),
        "last": chosen.get("last"),
        "query": found.data.get("q", "").strip(),
    }


@access(policies.RESULT_VIEW)
@require_GET
def results_pivot(request: HttpRequest) -> HttpResponse:
    """The register added up by two axes; ``?_export=`` gives it as a file."""
    found = PivotFilter(request.GET, queryset=Result.objects.none(), request=request)
    chosen, axes = found.selection(), found.axes()
    table: Pivot | None = None
    problem = ""
    try:
        if chosen is not None:
            table = pivot_table(chosen, rows=axes[0], columns=axes[1])
    except Invalid as error:
        problem = str(error)
    if table is not None and (kind := request.GET.get("_export")) in {"csv", "xlsx"}:
        write = csv_response if kind == "csv" else xlsx_response
        return write("pivot", table.as_values())
    context = explorer_context(request, found, "pivot") | {
        "title": _("Results register"),
        "pivot": table if table and table.sections else None,
        "problem": problem,
        "lines_shown": LINES_SHOWN,
        "filter_form": found.form,
        "is_filtered": any(request.GET.get(name) for name in (*found.form.fields, "q")),
        "counted_only": chosen is not None and chosen.counted is True,
        "rows": axes[0],
        "columns": axes[1],
    }
    part = wants_part(request, "list")
    return render(request, "register/_pivot.html" if part else "register/pivot.html", context)
