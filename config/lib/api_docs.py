"""Pieces of the API's description that every app uses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, gettext_noop
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from config.lib.api import MAX_PAGE_SIZE, PAGE_SIZE
from config.lib.text import filled


class ErrorBody(serializers.Serializer[Any]):
    """``code`` never changes; ``fields`` says what is wrong where."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]  # a field, as the library wants it


class ErrorSchema(serializers.Serializer[Any]):
    """The one shape of every refusal."""

    error = ErrorBody()


def number_field(**options: Any) -> serializers.CharField:
    """A number as text: "1234.5", at most six digits after the point."""
    return serializers.CharField(help_text=_("A number as text."), **options)


CURSOR = [
    OpenApiParameter("cursor", str, description=_("From `next` of the page before.")),
    OpenApiParameter(
        "page_size",
        int,
        description=filled(
            _("Rows a page: %(usual)s, at most %(most)s."), usual=PAGE_SIZE, most=MAX_PAGE_SIZE
        ),
    ),
]


def refusal(status: int, code: str, message: str, **fields: str) -> OpenApiResponse:
    """A refusal with its example."""
    body = {"error": {"code": code, "message": message, "fields": fields}}
    example = OpenApiExample(code, value=body, response_only=True, status_codes=[str(status)])
    return OpenApiResponse(ErrorSchema, description=gettext_lazy(message), examples=[example])


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """The refusals that every address may answer with, and the asked ones."""
    return {status: REFUSALS[status] for status in sorted({401, 403, 422, 429, *statuses})}


REFUSALS = {
    401: refusal(401, "invalid_token", gettext_noop("There is no such token.")),
    403: refusal(403, "missing_scope", gettext_noop("The token may not do this.")),
    404: refusal(404, "not_found", gettext_noop("There is nothing here that the token may see.")),
    409: refusal(409, "month_closed", gettext_noop("The month is closed.")),
    422: refusal(
        422, "invalid", gettext_noop("Check the values."), to="The end lies before the beginning."
    ),
    429: refusal(
        429, "throttled", gettext_noop("Too many calls: wait for as long as Retry-After says.")
    ),
}
