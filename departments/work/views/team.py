"""The team's day."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.lib.htmx import is_fragment
from departments.structure.models import Department
from departments.work import policies
from departments.work.clock import today_of
from departments.work.selectors import team_today
from staff.accounts.access import access, user_of


@require_GET
@access(policies.TEAM_VIEW)
def team_page(request: HttpRequest) -> HttpResponse:
    """Who does what now; the fragment refreshes itself."""
    user = user_of(request)
    visible = Department.objects.visible_to(user, policies.TEAM_VIEW)
    departments = list(visible.select_related("company", "scope").order_by("pk"))
    wanted = request.GET.get("department", "")
    chosen = [each for each in departments if str(each.uid) == wanted] if wanted else departments
    if wanted and not chosen:
        raise Http404
    context: dict[str, Any] = {"departments": departments, "team": None}
    if chosen:
        department = chosen[0]
        paths = None if user.is_superuser else user.paths_with(policies.TEAM_VIEW)
        context["team"] = team_today(department, today_of(department), paths)
    template = "work/_team.html" if is_fragment(request) else "work/team.html"
    return render(request, template, context)
