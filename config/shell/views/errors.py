"""Pages for what went wrong. Each shows the request id; none shows the text of an exception."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from staff.accounts.access import public_access


def _answer(request: HttpRequest, status: int, code: str, template: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _machine(status, code)
    return render(request, template, status=status)


def _machine(status: int, code: str) -> JsonResponse:
    body = {"error": {"code": code, "message": code, "fields": {}}}
    return JsonResponse(body, status=status)


@public_access
def closed(request: HttpRequest, *args: str) -> HttpResponse:
    """A library's page that the product does not use."""
    raise Http404


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "bad_request", "400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "forbidden", "403.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor context processors: either may be what failed."""
    if request.path.startswith("/api/"):
        return _machine(500, "error")
    # No request is passed on purpose: with one, the context processors would run.
    page = render_to_string("500.html", {"request_id": getattr(request, "request_id", "")})
    return HttpResponseServerError(page)
