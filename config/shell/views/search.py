"""Global search and notifications."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.lib.htmx import is_fragment
from config.shell.search import MAX_LETTERS, MIN_LETTERS, search
from staff.accounts.access import login_access, user_of
from staff.accounts.models import Notification
from staff.accounts.services.notifications import notifications_read

SUGGESTIONS_OF_A_KIND = 4
RESULTS_OF_A_KIND = 30
NEWS_PER_PAGE = 30


@login_access
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Results by kind; for htmx, a few suggestions under the box."""
    query = request.GET.get("q", "").strip()[:MAX_LETTERS]
    fragment = is_fragment(request)
    limit = SUGGESTIONS_OF_A_KIND if fragment else RESULTS_OF_A_KIND
    context = {
        "title": _("Search"),
        "search_query": query,
        "groups": search(user_of(request), query, limit=limit),
        "too_short": len(query) < MIN_LETTERS,
    }
    return render(request, "shell/_suggest.html" if fragment else "shell/search.html", context)


@login_access
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's own news, newest first."""
    rows = Notification.objects.filter(user=user_of(request)).order_by("-created_at", "-pk")
    page = Paginator(rows, NEWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "shell/notifications.html", {"title": _("Notifications"), "page": page})


@login_access
@require_POST
def notifications_mark_read(request: HttpRequest) -> HttpResponse:
    notifications_read(user=user_of(request))
    return redirect("shell:notifications")
