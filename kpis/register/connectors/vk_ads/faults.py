"""What an answer of VK Ads means. Every one ends in exactly one of the six classes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.http import Answer
from kpis.register.connectors.caller import LATER, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)

VENDOR = "VK Ads"
VK_ZONE = ZoneInfo("Europe/Moscow")
TOKEN_REFUSED = frozenset({"invalid_token", "expired_token", "revoked_token"})
_AUTH = TOKEN_REFUSED | {"unauthorized", "invalid_grant", "invalid_user", "not_authorized"}
_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_DENIED = frozenset({"access_denied", "permission_denied", "invalid_scope", "err_access_denied"})
_SKIP = frozenset({"err_wrong_adplans", "err_wrong_ids", "not_found"})
_CONFIG = frozenset({"err_wrong_parameter", "err_wrong_date", "err_limit_exceeded", "bad_request",
                     "invalid_request", "validation_failed"})  # fmt: skip
_RETRY = frozenset({"err_internal", "internal_error", "server_error", "temporarily_unavailable"})
_WAIT = frozenset({"throttled", "too_many_requests", "rate_limit_exceeded"})
_TOKEN_LIMIT = frozenset({"token_limit_exceeded", "tokens_limit_exceeded"})


def said(data: object) -> tuple[str, str]:
    """The code, in lower case, and the words of an error; ("", "") for anything else."""
    if not isinstance(data, dict):
        return "", ""
    error = data.get("error", data if "code" in data and "message" in data else None)
    if isinstance(error, dict):
        return str(error.get("code", "")).lower(), str(error.get("message", ""))
    if isinstance(error, str):
        return error.lower(), str(data.get("error_description", ""))
    return "", ""


def fault_of(answer: Answer, code: str, detail: str, *, raw: bytes = b"") -> SourceError:
    """The class of a refused request; ``raw`` is kept with an unknown error."""
    if answer.status == 429 or code in _WAIT:
        return limited(answer, detail)
    if code in _TOKEN_LIMIT:
        return WaitError(
            _("VK Ads gives no more access tokens for now."),
            until=timezone.now() + dt.timedelta(hours=1),
            detail=detail,
            advice=_("Tokens run out after a day. Remove those that other programs hold, or wait."),
        )
    if code in _CLIENT:
        return AuthError(
            _("VK Ads does not accept the client ID and secret."),
            detail=detail,
            advice=_("In VK Ads: Settings → API access. Enter both again."),
        )
    if code in _AUTH:
        return AuthError(
            _("VK Ads does not accept the access token."),
            detail=detail,
            advice=_("In VK Ads: Settings → API access. Enter the client ID and secret again."),
        )
    if code in _DENIED or answer.status == 403:
        return AuthError(
            _("The access has no right to this."),
            detail=detail,
            advice=_("Ask VK Ads for the rights to read campaigns and statistics."),
        )
    if code in _SKIP:
        return SkipError(_("VK Ads does not show a campaign."), detail=detail)
    if code in _CONFIG:
        return ConfigError(_("VK Ads does not accept a setting of the request."), detail=detail)
    if code in _RETRY:
        return RetryError(_("VK Ads had an error of its own."), detail=detail, advice=LATER)
    return fault_of_status(VENDOR, answer, detail) or BugError(
        _("VK Ads answered with an unknown error."), raw=raw, detail=detail
    )


def limited(answer: Answer, detail: str) -> WaitError:
    """Until the hint, else until the hour or the day that is used up is over, else a pause."""
    now = timezone.now()
    if answer.retry_after(now) is None:
        for period, until in ends(now).items():
            if answer.headers.get(f"x-ratelimit-{period}-remaining") == "0":
                return WaitError(until=until, detail=detail)
    return wait_of(answer, detail=detail)


def ends(now: dt.datetime) -> dict[str, dt.datetime]:
    """When the running day and hour end, by the name VK Ads gives them; the longer first."""
    here = now.astimezone(VK_ZONE)
    tomorrow = dt.datetime.combine(here.date() + dt.timedelta(days=1), dt.time(), VK_ZONE)
    hour = here.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    return {"daily": tomorrow, "hourly": hour}
