"""The page a specialist opens every morning."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.lib.htmx import is_fragment
from departments.work import policies
from departments.work.selectors.home import home_of
from departments.work.services.occurrences import occurrences_create
from departments.work.views.answers import day_context
from staff.accounts.access import access, user_of


@require_GET
@access(policies.TASK_DO)
def my_day_page(request: HttpRequest) -> HttpResponse:
    """What is due for me, what I did, and the log. An htmx request gets the lists only."""
    home = home_of(user_of(request))
    if home is not None:
        # Beat does the same every ten minutes; the first to come in the morning does not wait.
        occurrences_create(day=home.today, department=home.department)
    if is_fragment(request):
        return render(request, "work/_updates.html", day_context(request) | {"oob": True})
    return render(request, "work/my_day.html", day_context(request))
