"""`/healthz`."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from config.shell.health import health
from staff.accounts.access import public_access


@public_access
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while every part lives (late counts as alive), else 503."""
    state = health()
    response = JsonResponse(state, status=503 if state["status"] == "down" else 200)
    response["Cache-Control"] = "no-store"
    # Asked every few seconds: the answer says it all, the log needs no line for each.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response
