"""Access by declaration, preferences of the person, and who acts (for the audit trail)."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from config.lib import context
from config.lib.errors import Forbidden, Unauthorized
from config.lib.middleware import GetResponse, error_response
from staff.accounts.access import policy_of
from staff.accounts.selectors import second_factor_required


class PreferencesMiddleware:
    """Language, time zone and theme of the person; the browser's language where none is chosen."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = getattr(user, "language", "") if user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        zone = getattr(user, "time_zone", "") if user.is_authenticated else ""
        timezone.activate(zoneinfo.ZoneInfo(zone or settings.TIME_ZONE))
        response = self.get_response(request)
        timezone.deactivate()
        return response


class AuditContextMiddleware:
    """Names the person in the action context."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            context.amend(user_id=request.user.pk)
        return self.get_response(request)


class AccessMiddleware:
    """Default deny: no declared policy, no page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: list[Any],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        policy = policy_of(view)
        if policy is None:
            return error_response(request, Forbidden(code="no_policy"))
        if policy.kind in {"public", "token"}:
            return None
        user = request.user
        if not user.is_authenticated:
            return _to_login(request)
        if second_factor_required(user) and not is_mfa_enabled(user):
            return redirect("mfa_activate_totp")
        if policy.kind == "right" and not user.can(policy.right):
            return error_response(request, Forbidden())
        return None


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the log-in page; an htmx request reloads the whole page there, the API gets 401."""
    if request.path.startswith("/api/"):
        return error_response(request, Unauthorized())
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = settings.LOGIN_URL and redirect_to_login("/").url
        return response
    return redirect_to_login(request.get_full_path())
