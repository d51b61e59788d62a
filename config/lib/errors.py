"""Errors that a person may see: one tree, one shape.

``AppError`` carries a machine code, a translated message and, for forms, messages by field.
`config.lib.middleware.ErrorMiddleware` turns it into a page, an htmx fragment or JSON; services
raise it, views never catch it. A message never contains a secret or the text of a foreign
exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class AppError(Exception):
    """A refusal with a stable ``code``, a translated ``message`` and optional ``fields``."""

    code = "error"
    status = 400
    default_message: StrOrPromise = _("The request could not be carried out.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, StrOrPromise] | None = None,
    ) -> None:
        self.message: StrOrPromise = message if message is not None else self.default_message
        if code is not None:
            self.code = code
        self.fields = dict(fields or {})
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


def error_shape(error: AppError) -> dict[str, object]:
    """The refusal for machines: ``{code, message, fields}``."""
    fields = {name: str(text) for name, text in error.fields.items()}
    return {"code": error.code, "message": str(error.message), "fields": fields}


class Invalid(AppError):
    """What was typed or uploaded is not usable; ``fields`` says where."""

    code = "invalid"
    status = 422
    default_message = _("Check the values.")


class Unauthorized(AppError):
    """Nobody has said who they are."""

    code = "not_authenticated"
    status = 401
    default_message = _("Log in first.")


class Forbidden(AppError):
    """The row is visible to the person, the action on it is not theirs."""

    code = "forbidden"
    status = 403
    default_message = _("You do not have the right to do this.")


class Conflict(AppError):
    """The state has moved on since the page was opened."""

    code = "conflict"
    status = 409
    default_message = _("This has already been done or changed by somebody else.")
