"""Request id, security headers and the one place where an `AppError` becomes an answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import uuid4

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from config.lib.context import acting
from config.lib.errors import AppError, Forbidden, Invalid, error_shape

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., HttpResponse])
GIVEN_ID = re.compile(r"^[0-9A-Za-z-]{8,64}$")


def client_ip(request: HttpRequest) -> str | None:
    """The caller's address; the proxy in front must set REMOTE_ADDR (gunicorn
    forwarded-allow-ips).
    """
    return request.META.get("REMOTE_ADDR") or None


def raw_body(view: View) -> View:
    """Marks a view that reads the body itself: whatever type it is sent as, it is no form."""
    view.raw_body = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


class RequestIdMiddleware:
    """Gives the request an id, shown on error pages and in logs; opens the action context."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        identifier = given if GIVEN_ID.match(given) else uuid4().hex
        where = f"{request.method} {request.path}"
        with acting("web", where, request_id=identifier, ip=client_ip(request)):
            request.request_id = identifier  # type: ignore[attr-defined]  # read by error templates
            response = self.get_response(request)
        response["X-Request-Id"] = identifier
        patch_vary_headers(response, ["HX-Request"])
        return response


class ContentSecurityMiddleware:
    """No foreign origin, no inline script: what the pages need and nothing else."""

    POLICY = (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self.POLICY)
        response.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
        return response


class ErrorMiddleware:
    """Turns `AppError` and 403/404 into a page, an htmx fragment or JSON, always with the request
    id.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """No person types a NUL, and no text column of the database takes one."""
        typed = (request.GET,) if getattr(view, "raw_body", False) else (request.GET, request.POST)
        if any("\x00" in text for data in typed for text in _texts(data)):
            return error_response(request, Invalid(code="nul"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PermissionDenied):
            exception = Forbidden()
        if isinstance(exception, AppError):
            return error_response(request, exception)
        if isinstance(exception, Http404 | ImmediateHttpResponse | ReauthenticationRequired):
            return None  # Django's handler404 and allauth's middleware answer these
        logger.exception("unhandled error at %s", request.path)
        return None


def _texts(data: QueryDict) -> Iterator[str]:
    for _name, values in data.lists():
        yield from values


def error_response(request: HttpRequest, error: AppError) -> HttpResponse:
    """One shape for people and machines: ``{"error": {code, message, fields}}`` and the request
    id."""
    if request.path.startswith("/api/"):
        return JsonResponse({"error": error_shape(error)}, status=error.status)
    template = "errors/_toast.html" if getattr(request, "htmx", False) else "errors/refused.html"
    response = render(
        request, template, {"error": error, "debug": settings.DEBUG}, status=error.status
    )
    if getattr(request, "htmx", False):
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "beforeend"
    return response
