"""The six classes of a source's faults. Every vendor envelope maps to exactly one of them.

The sync engine asks the class what to do next, never the text.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


WAIT_ASKED = _("The source asks to wait.")


class SourceError(Exception):
    """A fault of a source. ``message`` is for the person (translated, without secrets); ``detail``
    is the vendor's own words, masked, for the run's page.
    """

    kind = "bug"

    def __init__(
        self, message: StrOrPromise, *, detail: str = "", advice: StrOrPromise = ""
    ) -> None:
        self.message: StrOrPromise = message
        self.detail = detail
        self.advice: StrOrPromise = advice
        super().__init__(self.kind)

    def __str__(self) -> str:
        return str(self.message)


class RetryError(SourceError):
    """Temporary: network, timeout, 5xx. Tried again with growing pauses."""

    kind = "retry"


class WaitError(SourceError):
    """A limit. Nothing is asked before ``until`` (aware); never counted as a failure."""

    kind = "wait"

    def __init__(
        self,
        message: StrOrPromise = WAIT_ASKED,
        *,
        until: dt.datetime,
        detail: str = "",
        advice: StrOrPromise = "",
    ) -> None:
        super().__init__(message, detail=detail, advice=advice)
        self.until = until


class AuthError(SourceError):
    """The source does not let us in. The source stops until a person gives a new secret."""

    kind = "auth"


class ConfigError(SourceError):
    """A setting is wrong (unknown site, bad field). The stream stops; ``field`` names the
    setting.
    """

    kind = "config"

    def __init__(
        self, message: StrOrPromise, *, field: str = "", detail: str = "", advice: StrOrPromise = ""
    ) -> None:
        super().__init__(message, detail=detail, advice=advice)
        self.field = field


class SkipError(SourceError):
    """One object is forbidden or gone. Recorded; the rest goes on."""

    kind = "skip"


class BugError(SourceError):
    """The answer is not shaped as agreed. The stream stops, the raw answer is kept in ``raw``."""

    kind = "bug"

    def __init__(
        self,
        message: StrOrPromise,
        *,
        raw: bytes = b"",
        detail: str = "",
        advice: StrOrPromise = "",
    ) -> None:
        super().__init__(message, detail=detail, advice=advice)
        self.raw = raw
