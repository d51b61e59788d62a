"""One's own preferences, and the quick switches of the shell."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.lib.errors import Invalid
from config.lib.forms import FormPage
from staff.accounts.access import LOGIN, login_access, public_access, user_of
from staff.accounts.forms import PreferencesForm
from staff.accounts.models import User
from staff.accounts.services.users import PREFERENCES, preferences_save

YEAR = 60 * 60 * 24 * 365


class Preferences(FormPage):
    access = LOGIN
    form_class = PreferencesForm
    template_name = "accounts/preferences.html"
    title = _("Preferences")
    success_message = _("Saved.")
    success_url_name = "accounts:preferences"

    def get_initial(self) -> dict[str, Any]:
        user = user_of(self.request)
        return {name: getattr(user, name) for name in PREFERENCES}

    def service(self, form: PreferencesForm) -> None:
        preferences_save(user=user_of(self.request), **form.cleaned_data)


@login_access
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as on the device; the page's script has switched already when htmx asks."""
    preferences_save(user=user_of(request), theme=request.POST.get("theme", ""))
    return HttpResponse(status=204) if request.headers.get("HX-Request") else _back(request)


@public_access
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept with the person, or in a cookie on the pages before log-in."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Invalid(_("There is no such language."))
    if isinstance(request.user, User):
        preferences_save(user=request.user, language=chosen)
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the switch was on; never to a foreign host."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if safe else settings.LOGIN_REDIRECT_URL)
