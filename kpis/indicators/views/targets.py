"""The grid of targets: edited in place, each with its history."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.lib.errors import AppError, Forbidden
from config.lib.forms import add_service_errors
from config.lib.htmx import is_fragment
from kpis.indicators import policies
from kpis.indicators.forms.targets import CopyForm, SplitForm, TargetForm
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.cards import campaigns_of, people_of
from kpis.indicators.selectors.grid import Aim, Cell, cell_of, grid, versions_of
from kpis.indicators.services.planning import targets_copy_last_year, targets_split_by_season
from kpis.indicators.services.targets import target_set
from kpis.indicators.views.place import YEARS, Here, here, month_or_404
from staff.accounts.access import access, require, user_of


@access(policies.TARGET_VIEW)
@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    at = here(request, policies.TARGET_VIEW)
    return _grid_page(request, at)


def _year(request: HttpRequest, at: Here) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() else at.today.year
    if year not in YEARS:
        raise Http404
    return year


def _aim(request: HttpRequest, at: Here) -> Aim:
    """Whose targets: ``?direction=``, ``?employee=`` or ``?subject=`` (uids), else the
    department's. 404 for what is not within it."""
    department = at.department
    if uid := _uid(request, "direction"):
        directions = department.directions.select_related("scope")
        return Aim(department, direction=get_object_or_404(directions, uid=uid))
    if uid := _uid(request, "employee"):
        people = people_of(user_of(request)).filter(department=department)
        return Aim(department, employee=get_object_or_404(people, uid=uid))
    if uid := _uid(request, "subject"):
        return Aim(department, subject=get_object_or_404(campaigns_of(department), uid=uid))
    return Aim(department)


def _uid(request: HttpRequest, name: str) -> UUID | None:
    text = request.GET.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error


def _grid_page(
    request: HttpRequest,
    at: Here,
    *,
    copy_form: CopyForm | None = None,
    split_form: SplitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    aim, year = _aim(request, at), _year(request, at)
    kpis, lines = grid(aim=aim, year=year)
    context = {
        "place": at,
        "aim": aim,
        "year": year,
        "kpis": kpis,
        "lines": lines,
        "directions": list(at.department.directions.order_by("code")),
        "copy_form": copy_form or CopyForm(),
        "split_form": split_form or SplitForm(kpis=kpis),
        "can_manage": user_of(request).can(policies.TARGET_MANAGE, aim.scope),
    }
    return render(request, "indicators/targets.html", context, status=status)


@access(policies.TARGET_VIEW)
@require_http_methods(["GET", "POST"])
def target_edit(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """One target: its form for the head, its history for every reader; a cell for htmx."""
    at, first = here(request, policies.TARGET_VIEW), month_or_404(year, month)
    kpi, aim = get_object_or_404(Kpi, code=code), _aim(request, at)
    cell = cell_of(aim=aim, kpi=kpi, month=first)
    form = TargetForm(request.POST or None, cell=cell)
    if request.method == "POST" and form.is_valid() and _saved(request, cell, form):
        return _after_save(request, cell)
    context = {
        "place": at,
        "aim": aim,
        "cell": cell,
        "form": form,
        "can_manage": user_of(request).can(policies.TARGET_MANAGE, aim.scope),
        "versions": versions_of(aim=aim, kpi=kpi, month=first),
        "back_url": _back(cell),
    }
    template = "indicators/_cell_form.html" if is_fragment(request) else "indicators/target.html"
    if is_fragment(request) and "cancel" in request.GET:
        template = "indicators/_cell.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, cell: Cell, form: TargetForm) -> bool:
    def save() -> object:
        return target_set(
            actor=user_of(request),
            scope=cell.aim.scope,
            employee=cell.aim.employee,
            subject=cell.aim.subject,
            kpi=cell.kpi,
            month=cell.month,
            value=form.cleaned_data["value"],
            upper=form.cleaned_data.get("upper"),
            milestones=form.cleaned_data.get("milestones", ()),
            reason=form.cleaned_data.get("reason", ""),
        )

    return _done(form, save) is not _REFUSED


_REFUSED = object()


def _done(form: Form, service: Callable[[], object]) -> object:
    """What the service gave, or `_REFUSED` with its words in ``form``."""
    try:
        return service()
    except Forbidden:
        raise
    except AppError as error:
        add_service_errors(form, error)
        return _REFUSED


def _after_save(request: HttpRequest, cell: Cell) -> HttpResponse:
    if is_fragment(request):
        fresh = cell_of(aim=cell.aim, kpi=cell.kpi, month=cell.month)
        return render(request, "indicators/_cell.html", {"cell": fresh, "can_manage": True})
    return redirect(_back(cell))


def _back(cell: Cell) -> str:
    """The scorecard of a person or campaign, else the grid."""
    aim = cell.aim
    if aim.employee:
        url = reverse("indicators:person", args=[aim.employee.uid])
        return f"{url}?month={cell.month:%Y-%m}"
    if aim.subject:
        url = reverse("indicators:campaign", args=[aim.subject.uid])
        return f"{url}?month={cell.month:%Y-%m}"
    return _grid_url(aim, cell.month.year)


def _grid_url(aim: Aim, year: int) -> str:
    return "&".join(filter(None, [f"{reverse('indicators:targets')}?year={year}", aim.query]))


@access(policies.TARGET_MANAGE)
@require_POST
def targets_copy(request: HttpRequest) -> HttpResponse:
    at = here(request, policies.TARGET_VIEW)
    aim, year, form = _aim(request, at), _year(request, at), CopyForm(request.POST)
    require(user_of(request), policies.TARGET_MANAGE, aim.scope)
    made: object = _REFUSED
    if form.is_valid():
        made = _done(
            form,
            lambda: targets_copy_last_year(
                actor=user_of(request),
                department=at.department,
                scope=aim.scope,
                year=year,
                growth=form.cleaned_data["growth"],
                today=at.today,
            ),
        )
    if not isinstance(made, int):
        return _grid_page(request, at, copy_form=form, status=422)
    _say_how_many(request, made)
    return redirect(_grid_url(aim, year))


@access(policies.TARGET_MANAGE)
@require_POST
def targets_split(request: HttpRequest) -> HttpResponse:
    """A year's sum over its open months by the season."""
    at = here(request, policies.TARGET_VIEW)
    aim, year = _aim(request, at), _year(request, at)
    require(user_of(request), policies.TARGET_MANAGE, aim.scope)
    form = SplitForm(request.POST, kpis=Kpi.objects.filter(is_main=True, archived_at=None))
    made: object = _REFUSED
    if form.is_valid():
        made = _done(
            form,
            lambda: targets_split_by_season(
                actor=user_of(request),
                department=at.department,
                scope=aim.scope,
                kpi=form.cleaned_data["kpi"],
                year=year,
                total=form.cleaned_data["total"],
                reason=form.cleaned_data["reason"],
                today=at.today,
            ),
        )
    if not isinstance(made, dict):
        return _grid_page(request, at, split_form=form, status=422)
    _say_how_many(request, len(made))
    return redirect(_grid_url(aim, year))


def _say_how_many(request: HttpRequest, made: int) -> None:
    text = ngettext("%(count)s target set.", "%(count)s targets set.", made) % {"count": made}
    messages.success(request, text)
