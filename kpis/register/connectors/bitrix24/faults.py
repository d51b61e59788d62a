"""What the error codes of Bitrix24 mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.caller import DETAIL, LATER, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
)

VENDOR = "Bitrix24"
# The bucket holds 50 requests and loses 2 a second: after this there is room again.
BUCKET_SECONDS = 30
CALLS_METHOD = "voximplant.statistic.get"
STALE = frozenset({"expired_token", "invalid_token"})
_NOT_LET_IN = STALE | {
    "no_auth_found",
    "invalid_credentials",
    "authorization_error",
    "invalid_grant",
    "invalid_client",
    "invalid_request",
    "wrong_auth_type",
    "user_access_error",
    "allowed_only_intranet_user",
    "application_not_found",
    "payment_required",
}
_NO_RIGHT = frozenset({"insufficient_scope", "access_denied_to_method", "method_confirm_waiting"})
_WRONG = frozenset(
    {"invalid_arg_value", "error_argument", "error_method_not_found", "not_found", "100", "0"}
)
_BROKEN = frozenset({"internal_server_error", "error_unexpected_answer", "error_core"})


class Refusal(AuthError):
    """Not let in, with the vendor's own ``code`` for it."""

    code = ""


def fault_of(
    envelope: Mapping[str, object],
    method: str,
    *,
    raw: bytes,
    answer: http.Answer | None = None,
    mask: Callable[[str], str] = str,
) -> SourceError:
    """The fault an error envelope stands for."""
    code = str(envelope.get("error", "")).casefold()
    said = str(envelope.get("error_description") or "")
    detail = mask(f"{method}: {envelope.get('error')} {said}".strip())[:DETAIL]
    if code == "query_limit_exceeded":
        return _wait(dt.timedelta(seconds=BUCKET_SECONDS), detail)
    if code == "operation_time_limit":
        return _worked_too_long(envelope, answer, detail)
    if code == "overload_limit":
        return AuthError(
            _("Bitrix24 has blocked the requests to this portal by hand."),
            detail=detail,
            advice=_("Write to the support of Bitrix24, then switch the source on again."),
        )
    if code == "access_denied" and method != CALLS_METHOD:
        return AuthError(
            _("Bitrix24 does not answer programs on this plan, or the user may not read the CRM."),
            detail=detail,
            advice=_("Check the plan of the portal and the rights of the webhook's user."),
        )
    if code in _NO_RIGHT or code == "access_denied":
        return SkipError(
            _("The webhook has no right to this part of Bitrix24."),
            detail=detail,
            advice=_("Add the right in the settings of the webhook or application."),
        )
    if code in _NOT_LET_IN:
        refusal = Refusal(
            filled(_("%(vendor)s does not let us in."), vendor=VENDOR),
            detail=detail,
            advice=_("Make a new webhook in Bitrix24 and enter its address."),
        )
        refusal.code = code
        return refusal
    if code == "portal_deleted":
        return ConfigError(_("There is no such portal any more."), field="base_url", detail=detail)
    if code in _WRONG:
        return ConfigError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR), detail=detail
        )
    if code in _BROKEN:
        return RetryError(
            filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
            detail=detail,
            advice=LATER,
        )
    by_status = fault_of_status(VENDOR, answer, detail) if answer is not None else None
    return by_status or BugError(
        filled(_("%(vendor)s refused the request."), vendor=VENDOR), raw=raw, detail=detail
    )


def _wait(pause: dt.timedelta, detail: str) -> SourceError:
    empty = http.Answer(503, {}, b"", 0)
    return wait_of(empty, seconds=int(pause.total_seconds()), detail=detail)


def _worked_too_long(
    envelope: Mapping[str, object], answer: http.Answer | None, detail: str
) -> SourceError:
    """The method has used up its seconds of work; the answer tells when they come back."""
    time = envelope.get("time")
    reset = time.get("operating_reset_at") if isinstance(time, dict) else None
    if isinstance(reset, int | Decimal):
        left = dt.datetime.fromtimestamp(int(reset), dt.UTC) - timezone.now()
        return _wait(max(left, dt.timedelta(seconds=1)), detail)
    return wait_of(answer or http.Answer(429, {}, b"", 0), detail=detail)
