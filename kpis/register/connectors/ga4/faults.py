"""Google's error envelopes, each mapped to one of the six classes of `connectors.errors`."""

from __future__ import annotations

import datetime as dt
import json
import re
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.caller import (
    DETAIL,
    LATER,
    LONGEST_PAUSE,
    PAUSE,
    fault_of_status,
)
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)

VENDOR = "Google Analytics"
HOUR = dt.timedelta(hours=1)
BRIEFLY = dt.timedelta(seconds=30)
# Google's daily quotas start anew at midnight there.
_QUOTA_ZONE = ZoneInfo("America/Los_Angeles")
_TEMPORARY = {"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED", "UNKNOWN"}
_DELAY = re.compile(r"(\d{1,6})(?:\.\d+)?s", re.ASCII)


def fault_of(answer: http.Answer) -> SourceError:
    """What an answer that is not a success means."""
    envelope = error_in(_json(answer.body))
    if envelope is not None:
        return from_envelope(envelope, answer)
    text = answer.body.decode(errors="replace").strip()[:DETAIL]
    return fault_of_status(VENDOR, answer, text) or BugError(
        filled(_("%(vendor)s refused the request."), vendor=VENDOR), raw=answer.body, detail=text
    )


def error_in(data: object) -> dict[str, object] | None:
    """The ``error`` object of an envelope, whatever the status; some answers wrap it in a list."""
    if isinstance(data, list) and data:
        data = data[0]
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else None


def from_envelope(error: dict[str, object], answer: http.Answer) -> SourceError:
    """``{"code": 403, "message": …, "status": "PERMISSION_DENIED"}``."""
    status, code = str(error.get("status") or ""), str(error.get("code") or answer.status)
    message = str(error.get("message") or "")
    detail = f"{status or code}: {message}"[:DETAIL]
    if status == "RESOURCE_EXHAUSTED" or code == "429":
        return WaitError(until=_until(error, message, answer), detail=detail, advice=LATER)
    if status == "UNAUTHENTICATED" or code == "401":
        return AuthError(
            _("Google does not accept the access token."),
            detail=detail,
            advice=_("Check that the service account and its key still exist."),
        )
    if status == "PERMISSION_DENIED" or code == "403":
        return _forbidden(message, detail)
    if status == "NOT_FOUND" or code == "404":
        return ConfigError(
            _("Google Analytics does not know this property."),
            field="property_id",
            detail=detail,
            advice=_("Check the property's number: Admin → Property details."),
        )
    if status in ("INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE") or code == "400":
        return ConfigError(
            _("Google Analytics cannot answer this question for this property."),
            field="property_id",
            detail=detail,
            advice=_("Check the property's number and switch off the parts it does not have."),
        )
    if status in _TEMPORARY or code.startswith("5"):
        return RetryError(
            filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
            detail=detail,
            advice=LATER,
        )
    return BugError(
        filled(_("%(vendor)s refused the request."), vendor=VENDOR),
        raw=answer.body,
        detail=detail,
    )


def token_fault(answer: http.Answer) -> SourceError:
    """What the token service's refusal means: ``{"error": "invalid_grant", …}``."""
    data = _json(answer.body)
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(error, str):
        return fault_of(answer)
    told = str(data.get("error_description") or "") if isinstance(data, dict) else ""
    detail = f"{error}: {told}".rstrip(": ")[:DETAIL]
    if answer.status == 429 or error in ("rate_limit_exceeded", "slow_down"):
        return WaitError(
            until=answer.retry_after(timezone.now()) or timezone.now() + PAUSE, detail=detail
        )
    if answer.status >= 500 or error in ("internal_failure", "temporarily_unavailable"):
        return RetryError(
            filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
            detail=detail,
            advice=LATER,
        )
    low = told.lower()
    if "short-lived" in low or "iat" in low or "exp" in low:
        return AuthError(
            _("Google refuses the signature's time."),
            detail=detail,
            advice=_("Set this server's clock right; it must not differ by more than minutes."),
        )
    return AuthError(
        _("Google does not accept the service account key."),
        detail=detail,
        advice=_("The key was deleted or belongs to another account: create and enter a new one."),
    )


def _forbidden(message: str, detail: str) -> AuthError:
    low = message.lower()
    if "disabled" in low or "has not been used" in low:
        return AuthError(
            _("The Analytics Data API is switched off in the service account's project."),
            detail=detail,
            advice=_("In Google Cloud enable the Google Analytics Data API for this project."),
        )
    return AuthError(
        _("The service account may not read this property."),
        detail=detail,
        advice=_("In Google Analytics give the service account's e-mail the Viewer role; "
                 "check the property's number."),
    )  # fmt: skip


def _until(error: dict[str, object], message: str, answer: http.Answer) -> dt.datetime:
    """When to ask again: Google's hint, else by which quota it says is used up."""
    now = timezone.now()
    hint = _hint(error) or answer.retry_after(now)
    low = message.lower()
    if hint is not None and hint > now:
        until = hint
    elif "per day" in low or "daily" in low:
        local = now.astimezone(_QUOTA_ZONE)
        until = dt.datetime.combine(
            local.date() + dt.timedelta(days=1), dt.time(), tzinfo=_QUOTA_ZONE
        ).astimezone(dt.UTC)
    elif "concurrent" in low:
        until = now + BRIEFLY
    elif "hour" in low:
        until = now + HOUR
    else:
        until = now + PAUSE
    return min(until, now + LONGEST_PAUSE)


def _hint(error: dict[str, object]) -> dt.datetime | None:
    details = error.get("details")
    for part in details if isinstance(details, list) else []:
        delay = part.get("retryDelay") if isinstance(part, dict) else None
        found = _DELAY.fullmatch(str(delay)) if delay else None
        if found:
            return timezone.now() + dt.timedelta(seconds=int(found[1]))
    return None


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
