"""Two periods beside each other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.lib.export import csv_response, xlsx_response
from kpis.indicators import policies
from kpis.indicators.exports import comparison_rows
from kpis.indicators.forms.compare import CompareForm, compare_default
from kpis.indicators.selectors.compare import comparison
from kpis.indicators.views.place import choose, first_department, here
from staff.accounts.access import access, user_of


@access(policies.KPI_VIEW)
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """``?first=&last=&against=``: before, year, weekdays or dates (other_first, other_last)."""
    if choose(request, policies.KPI_VIEW).department is None:
        return render(request, "indicators/no_department.html", first_department(user_of(request)))
    at = here(request, policies.KPI_VIEW)
    asked = "first" in request.GET
    default = compare_default(at.month, at.today)
    form = CompareForm(request.GET if asked else default)
    context: dict[str, object] = {"place": at, "form": form}
    if form.is_valid():
        now, then = form.periods()
        found = comparison(department=at.department, now=now, then=then, today=at.today)
        if (wanted := request.GET.get("_export")) in {"csv", "xlsx"}:
            write = csv_response if wanted == "csv" else xlsx_response
            return write(f"comparison-{now.first}-{now.last}", comparison_rows(found))
        context["found"] = found
    status = 200 if form.is_valid() else 422
    return render(request, "indicators/compare.html", context, status=status)
