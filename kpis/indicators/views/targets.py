"""The grid of targets: edited in place, each with its history."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.lib.errors import AppError, Forbidden
from config.lib.forms import add_service_errors
from config.lib.htmx import is_fragment
from kpis.indicators import policies
from kpis.indicators.forms.targets import CopyForm, TargetForm
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.grid import cell_of, grid, versions_of
from kpis.indicators.services.targets import target_set, targets_copy_last_year
from kpis.indicators.views.place import YEARS, Here, here, month_or_404
from staff.accounts.access import access, require, user_of


@access(policies.TARGET_VIEW)
@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    at = here(request, policies.TARGET_VIEW)
    return _grid_page(request, at, _year(request, at), CopyForm())


def _year(request: HttpRequest, at: Here) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() else at.today.year
    if year not in YEARS:
        raise Http404
    return year


def _grid_page(
    request: HttpRequest, at: Here, year: int, form: CopyForm, status: int = 200
) -> HttpResponse:
    kpis, lines = grid(department=at.department, year=year)
    context = {
        "place": at,
        "year": year,
        "kpis": kpis,
        "lines": lines,
        "copy_form": form,
        "can_manage": user_of(request).can(policies.TARGET_MANAGE, at.department.scope),
    }
    return render(request, "indicators/targets.html", context, status=status)


@access(policies.TARGET_VIEW)
@require_http_methods(["GET", "POST"])
def target_edit(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """One target: its form for the head, its history for every reader; a cell for htmx."""
    at, first = here(request, policies.TARGET_VIEW), month_or_404(year, month)
    kpi = get_object_or_404(Kpi, code=code)
    cell = cell_of(department=at.department, kpi=kpi, month=first)
    can_manage = user_of(request).can(policies.TARGET_MANAGE, at.department.scope)
    form = TargetForm(
        request.POST or None,
        measure=cell.measure,
        changing=cell.target is not None,
        initial={"value": cell.typed},
    )
    if request.method == "POST" and form.is_valid() and _saved(request, at, kpi, first, form):
        return _after_save(request, at, kpi, first)
    context = {
        "place": at,
        "cell": cell,
        "form": form,
        "can_manage": can_manage,
        "versions": versions_of(scope=at.department.scope, kpi=kpi, month=first),
    }
    template = "indicators/_cell_form.html" if is_fragment(request) else "indicators/target.html"
    if is_fragment(request) and "cancel" in request.GET:
        template = "indicators/_cell.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, at: Here, kpi: Kpi, first: dt.date, form: TargetForm) -> bool:
    try:
        target_set(
            actor=user_of(request),
            scope=at.department.scope,
            kpi=kpi,
            month=first,
            value=form.cleaned_data["value"],
            reason=form.cleaned_data.get("reason", ""),
        )
    except Forbidden:
        raise
    except AppError as error:
        add_service_errors(form, error)
        return False
    return True


def _after_save(request: HttpRequest, at: Here, kpi: Kpi, first: dt.date) -> HttpResponse:
    if is_fragment(request):
        cell = cell_of(department=at.department, kpi=kpi, month=first)
        return render(request, "indicators/_cell.html", {"cell": cell, "can_manage": True})
    return redirect(f"{reverse('indicators:targets')}?year={first.year}")


@access(policies.TARGET_MANAGE)
@require_POST
def targets_copy(request: HttpRequest) -> HttpResponse:
    at = here(request, policies.TARGET_VIEW)
    require(user_of(request), policies.TARGET_MANAGE, at.department.scope)
    year, form = _year(request, at), CopyForm(request.POST)
    if not form.is_valid():
        return _grid_page(request, at, year, form, status=422)
    try:
        made = targets_copy_last_year(
            actor=user_of(request),
            department=at.department,
            year=year,
            growth=form.cleaned_data["growth"],
            today=at.today,
        )
    except Forbidden:
        raise
    except AppError as error:
        add_service_errors(form, error)
        return _grid_page(request, at, year, form, status=422)
    text = ngettext("%(count)s target set.", "%(count)s targets set.", made) % {"count": made}
    messages.success(request, text)
    return redirect(f"{reverse('indicators:targets')}?year={year}")
