"""Metrika's error envelopes, each mapped to one of the six classes of `connectors.errors`."""

from __future__ import annotations

import datetime as dt
import json

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
    SourceError,
    WaitError,
)

VENDOR = "Yandex Metrika"
BRIEFLY = 30
# A quota of the day: whose it is.
DAILY = {"quota_requests_by_uid": "login", "quota_requests_by_counter_id": "counter"}
_BRIEF = {"quota_parallel_requests", "quota_requests_by_ip"}
_AUTH = {"invalid_token", "unauthorized"}
_CONFIG = {"invalid_parameter", "query_error", "filter_limits", "missing_parameter", "invalid_json"}
_TEMPORARY = {"backend_error", "timeout", "internal_error", "service_unavailable"}
_TOKEN = _("Get a new token with the right to read statistics and enter it here.")


class TooManyRows(ConfigError):
    """The range has more rows than Metrika computes at once: it is asked for in halves."""


class QuotaUsedUp(WaitError):
    """A quota of the day; ``whose`` is "login" or "counter"."""

    whose: str = ""


def fault_of(answer: http.Answer) -> SourceError | None:
    """What an answer means that is not data, whatever its status; None for data."""
    data = _json(answer.body)
    if isinstance(data, dict) and ("errors" in data or "error_type" in data):
        return _from_envelope(data, answer)
    text = answer.body.decode(errors="replace").strip()[:DETAIL]
    return fault_of_status(VENDOR, answer, text)


def _from_envelope(data: dict[str, object], answer: http.Answer) -> SourceError:
    """``{"errors": [{"error_type": …, "message": …}], "code": 429, "message": …}``."""
    listed = data.get("errors")
    errors = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    kinds = [str(part.get("error_type") or "") for part in errors or [data]]
    code = str(data.get("code") or answer.status)
    message = str(data.get("message") or (errors[0].get("message") if errors else "") or "")
    detail = f"{code} {' '.join(kinds)}: {message}"[:DETAIL]
    for kind in kinds:
        fault = _of_kind(kind, detail, answer)
        if fault is not None:
            return fault
    return _of_code(code, detail, answer)


def _of_kind(kind: str, detail: str, answer: http.Answer) -> SourceError | None:
    if kind in DAILY:
        hint = answer.retry_after(timezone.now())
        used = QuotaUsedUp(
            _("Metrika's requests of this day are used up."),
            until=hint or _midnight(),
            detail=detail,
            advice=LATER,
        )
        used.whose = DAILY[kind]
        return used
    if kind in _BRIEF:
        hinted = answer.retry_after(timezone.now()) is not None
        return wait_of(answer, seconds=None if hinted else BRIEFLY, detail=detail)
    if kind.startswith("quota"):
        return wait_of(answer, detail=detail)
    if kind == "too_much_rows":
        return TooManyRows(
            _("Metrika has too many rows for one day to give them."),
            field="campaigns",
            detail=detail,
        )
    if kind in _AUTH:
        return AuthError(
            _("Metrika does not accept the access token."), detail=detail, advice=_TOKEN
        )
    if kind == "access_denied":
        return AuthError(
            _("The token's owner may not see this counter."),
            detail=detail,
            advice=_("In Metrika give this login access to the counter, or correct its number."),
        )
    if kind == "not_found":
        return _unknown_counter(detail)
    if kind in _CONFIG:
        return ConfigError(
            _("Metrika does not accept the question."),
            field="goals" if "goal" in detail else "counter_id",
            detail=detail,
            advice=_("Check the counter's number, the goals and the currency."),
        )
    return _temporary(detail) if kind in _TEMPORARY else None


def _of_code(code: str, detail: str, answer: http.Answer) -> SourceError:
    """A kind of error not known yet is judged by its code."""
    if code == "429":
        return wait_of(answer, detail=detail)
    if code in ("401", "403"):
        return AuthError(
            _("Metrika does not accept the access token."), detail=detail, advice=_TOKEN
        )
    if code == "404":
        return _unknown_counter(detail)
    if code.startswith("5"):
        return _temporary(detail)
    return BugError(
        filled(_("%(vendor)s refused the request."), vendor=VENDOR), raw=answer.body, detail=detail
    )


def _unknown_counter(detail: str) -> ConfigError:
    return ConfigError(
        _("Metrika does not know this counter."),
        field="counter_id",
        detail=detail,
        advice=_("Check the counter's number."),
    )


def _temporary(detail: str) -> RetryError:
    return RetryError(
        filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
        detail=detail,
        advice=LATER,
    )


def _midnight() -> dt.datetime:
    """Daily quotas start anew at 00:00 GMT."""
    tomorrow = timezone.now().astimezone(dt.UTC).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), tzinfo=dt.UTC)


def _json(body: bytes) -> object:
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        return json.loads(body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        return None
