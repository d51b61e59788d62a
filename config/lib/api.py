"""What every address of the API shares: one shape of errors, and pages of long lists.

An error is ``{"error": {"code", "message", "fields"}}``; ``code`` never changes, ``message`` is in
the language of ``Accept-Language``.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.lib.errors import AppError, Invalid, error_shape
from config.lib.text import filled

PAGE_SIZE = 200
MAX_PAGE_SIZE = 1000


def error_answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to what a view raised; None for what nobody foresaw (it becomes a 500)."""
    if isinstance(error, AppError):
        set_rollback()
        return Response({"error": error_shape(error)}, status=error.status)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if isinstance(error, exceptions.ValidationError):
        shape = error_shape(Invalid(fields=fields_of(error.detail)))
        return Response({"error": shape}, status=Invalid.status)
    code = str(getattr(error.detail, "code", "") or error.default_code)
    body = {"code": code, "message": str(error.detail), "fields": {}}
    return Response({"error": body}, status=error.status_code, headers=headers)


def fields_of(detail: Any) -> dict[str, str]:
    """A serializer's complaints, one text per field."""
    if not isinstance(detail, Mapping):
        return {"body": " ".join(str(text) for text in detail)}
    return {
        name: " ".join(str(text) for text in texts)
        if isinstance(texts, list)
        else " ".join(fields_of(texts).values())
        for name, texts in detail.items()
    }


@dataclass(frozen=True, slots=True)
class Page:
    """``rows`` of one page, and the address of the next one."""

    rows: list[Any]
    next: str | None


def page_of(
    request: Request,
    rows: QuerySet[Any],
    *,
    parse: Callable[[list[Any]], Any],
    key: Callable[[Any], list[Any]],
) -> Page:
    """The page that ``?cursor=`` and ``?page_size=`` ask for, in the order of the primary key. One
    query, as quick at the end of a long list as at its beginning.

    ``key`` writes the primary key of a row as JSON, ``parse`` reads it back.
    """
    size = _size(request.query_params.get("page_size", ""))
    rows = rows.order_by("pk")
    if text := request.query_params.get("cursor", ""):
        rows = rows.filter(pk__gt=_after(text, parse))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    query = request.query_params.copy()
    query["cursor"] = _cursor(key(found[size - 1]))
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return Page(found[:size], address)


def as_id(value: object) -> int:
    """A key out of a cursor. Raises ValueError for what was never one."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError("not a key")
    return value


def _size(text: str) -> int:
    if not text:
        return PAGE_SIZE
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= size <= MAX_PAGE_SIZE:
        message = filled(_("From 1 to %(most)s rows a page."), most=MAX_PAGE_SIZE)
        raise Invalid(fields={"page_size": message})
    return size


def _cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _after(text: str, parse: Callable[[list[Any]], Any]) -> Any:
    try:
        padded = text + "=" * (-len(text) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return parse(values)
    except (ValueError, TypeError, LookupError, binascii.Error, RecursionError):
        message = _("Take the cursor from the address of the next page.")
        raise Invalid(fields={"cursor": message}) from None
