"""What a VK error code means. Every code ends in exactly one of the six classes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.caller import LATER, PAUSE
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)

TOO_MANY, FLOOD, DAILY = 6, 9, 29
GROUP_UNKNOWN = frozenset({100, 113, 125})
_WAIT = frozenset({TOO_MANY, FLOOD, DAILY})
_RETRY = frozenset({1, 10, 603})
_CONFIG = frozenset({3, 8}) | GROUP_UNKNOWN
_SKIP = frozenset({15, 18, 30, 203, 801})
# VK cuts the days of its statistics and of its limits by Moscow time.
VK_ZONE = ZoneInfo("Europe/Moscow")

_NEW_TOKEN = _("Get a new token in VK and enter it here.")
_ADMIN_TOKEN = _("Enter a user token of an administrator of the community.")
_AUTH: dict[int, tuple[StrOrPromise, StrOrPromise]] = {
    4: (_("VK does not accept the token."), _NEW_TOKEN),
    5: (
        _("VK does not accept the token."),
        _("Get a new token in VK and enter it here; a token may be bound to the address it was "
          "obtained from."),
    ),
    7: (
        _("The token has no right to this."),
        _("Get a token with the rights to the wall and the statistics."),
    ),
    14: (
        _("VK asks for a captcha: it wants to see a person."),
        _("Sign in to VK as the owner of the token, then check the connection again."),
    ),
    17: (
        _("VK wants the owner of the token to confirm the sign-in."),
        _("Sign in to VK as the owner of the token and confirm, then check the connection again."),
    ),
    27: (_("A community token may not do this."), _ADMIN_TOKEN),
    28: (_("VK does not accept the service token."), _NEW_TOKEN),
    1051: (_("A token of VK ID may not do this."), _ADMIN_TOKEN),
    1116: (_("VK does not accept the token."), _NEW_TOKEN),
}  # fmt: skip


def fault_of(code: int, detail: str, raw: bytes) -> SourceError:
    """The class of an error; ``detail`` is VK's own text, masked."""
    if code in _AUTH:
        message, advice = _AUTH[code]
        return AuthError(message, detail=detail, advice=advice)
    if code in _WAIT:
        return WaitError(until=until_of(code), detail=detail)
    if code in _RETRY:
        return RetryError(_("VK had an error of its own."), detail=detail, advice=LATER)
    if code in _CONFIG:
        return ConfigError(
            _("VK does not accept a setting of the request."),
            field="group_id" if code in GROUP_UNKNOWN else "",
            detail=detail,
            advice=_("Check the number of the community."),
        )
    if code in _SKIP:
        return SkipError(
            _("VK does not show this to the owner of the token."),
            detail=detail,
            advice=_("The owner of the token must be an administrator or editor of the community."),
        )
    return BugError(_("VK answered with an unknown error."), raw=raw, detail=detail)


def until_of(code: int) -> dt.datetime:
    """When VK may be asked again; it gives no hint. Too many in a second: in a second. A flood of
    like requests: in minutes. The day's limit: when the next day begins in Moscow."""
    now = timezone.now()
    if code == TOO_MANY:
        return now + dt.timedelta(seconds=1)
    if code == FLOOD:
        return now + PAUSE
    tomorrow = now.astimezone(VK_ZONE).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), VK_ZONE)
