"""The first page and the company's colours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.shell.brand import DEFAULT_ACCENT, DEFAULT_PRIMARY, parse, stylesheet
from config.shell.home import start_url
from config.shell.selectors import people_to_ask
from staff.accounts.access import login_access, public_access, user_of


@login_access
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the person's own first page; a welcome where there is none yet."""
    user = user_of(request)
    if url := start_url(user):
        return redirect(url)
    context = {
        "title": _("Welcome, %(name)s") % {"name": user},
        "has_role": bool(user.roles) or user.is_superuser,
        "people": people_to_ask(),
    }
    return render(request, "shell/welcome.html", context)


@public_access
@require_safe
def brand(request: HttpRequest) -> HttpResponse:
    """A stylesheet made of the two colours in the address; anything else in it is ignored."""
    primary = parse(request.GET.get("primary"), DEFAULT_PRIMARY)
    accent = parse(request.GET.get("accent"), DEFAULT_ACCENT)
    response = HttpResponse(stylesheet(primary, accent), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@public_access
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
