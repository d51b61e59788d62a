"""The head's morning screen: one address, parts of it for htmx."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.lib.htmx import is_fragment
from departments.funds import policies as funds_policies
from departments.funds.selectors import fund_summary
from departments.work import policies as work_policies
from departments.work.clock import today_of
from departments.work.selectors import team_today
from kpis.indicators import policies
from kpis.indicators.selectors.dashboard import live
from kpis.indicators.selectors.directions import directions_today
from kpis.indicators.selectors.funnels import funnels
from kpis.indicators.views.place import choose, first_department
from staff.accounts.access import access, user_of


@access(policies.DASHBOARD_VIEW)
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """The page; only ``#live`` when htmx refreshes it."""
    user = user_of(request)
    place = choose(request, policies.DASHBOARD_VIEW)
    department = place.department
    if department is None:
        return render(request, "indicators/no_department.html", first_department(user))
    today = today_of(department)
    context: dict[str, object] = {
        "place": place,
        "live": live(user=user, department=department, today=today),
        "directions": directions_today(department, today),
        "funnels": funnels(department, today),
    }
    if user.can(funds_policies.FUND_VIEW, department.scope):
        context["funds"] = fund_summary(department.scope, today)
    if is_fragment(request) and request.headers.get("HX-Target") == "live":
        return render(request, "indicators/_live.html", context)
    context["can_read_report"] = user.can(policies.REPORT_VIEW, department.scope)
    if paths := user.paths_with(work_policies.TEAM_VIEW):
        context["team"] = team_today(department, today, paths)
    return render(request, "indicators/dashboard.html", context)


@access(policies.DASHBOARD_VIEW)
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The month's KPIs for a screen on the wall: large, without a menu, refreshing itself."""
    user = user_of(request)
    place = choose(request, policies.DASHBOARD_VIEW)
    department = place.department
    if department is None:
        return render(request, "indicators/no_department.html", first_department(user))
    now = live(user=user, department=department, today=today_of(department))
    context = {"place": place, "live": now}
    if is_fragment(request):
        return render(request, "indicators/_wall.html", context)
    return render(request, "indicators/wall.html", context)
