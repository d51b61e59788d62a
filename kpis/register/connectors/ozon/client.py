"""Asking the Seller API of Ozon: headers, envelope, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import json_of

VENDOR = "Ozon"
# Words of Ozon, in lower case, and what they mean.
_BLOCKED = "circle is open"
_TOO_FAST = "request rate limit"
_ROLE = "required role"
_KEYS = ("invalid api-key", "api-key is deactivated", "api-key is expired", "client-id and api-key")
_PLAN = ("premium", "deprecated metric", "not available for your", "subscription")
_BLOCKED_FOR = 300
_TOO_FAST_FOR = 10


class SellerClient:
    """One seller: ``Client-Id`` names it, ``Api-Key`` opens it."""

    def __init__(self, account: Account) -> None:
        self._key = account.secrets.get("api_key", "")
        self._seller = str(account.settings.get("client_id", ""))
        base_url = str(account.settings.get("base_url", ""))
        self.caller = Caller(VENDOR, base_url, account=account)
        self.rate = Limit("ozon.client", requests=50, burst=50, key=self._seller)
        self.analytics = Limit("ozon.analytics", requests=1, seconds=60, key=self._seller)

    def close(self) -> None:
        """Free the connections."""
        self.caller.close()

    def ask(
        self, path: str, body: Mapping[str, object], *limits: Limit
    ) -> tuple[http.Answer, dict[str, object], list[StrOrPromise]]:
        """The answer, its body as an object, and remarks. Raises a `SourceError`."""
        if not self._key:
            raise AuthError(_("No API key has been entered."))
        passed = (self.rate, *limits)
        answer = self.caller.ask(
            "POST",
            path,
            json=body,
            headers={"Client-Id": self._seller, "Api-Key": self._key},
            limits=passed,
        )
        notices: list[StrOrPromise] = []
        if answer.status in (400, 401, 403, 404, 409, 429) or answer.status >= 500:
            raise self._fault(answer, passed)
        data = json_of(VENDOR, answer, notices)
        if not isinstance(data, dict):
            raise BugError(_("A part of the answer has an unknown shape."), raw=answer.body)
        if "result" not in data and "message" in data:
            raise self._fault(answer, passed)
        return answer, data, notices

    def _fault(self, answer: http.Answer, limits: Sequence[Limit]) -> SourceError:
        said = _message(answer)
        detail = self.caller.masked(f"HTTP {answer.status}: {said}")
        words = said.lower()
        if _BLOCKED in words or _TOO_FAST in words or answer.status == 429:
            seconds = _BLOCKED_FOR if _BLOCKED in words else _TOO_FAST_FOR
            hinted = answer.retry_after(timezone.now()) is not None
            slow = len(limits) > 1 and _BLOCKED not in words  # a method with a limit of its own
            wait = wait_of(
                answer,
                seconds=None if hinted else limits[-1].seconds if slow else seconds,
                detail=detail,
            )
            self.caller.gate.closed_until(limits[-1], wait.until)
            return wait
        if _ROLE in words:
            return ConfigError(
                _("The API key has no right to this part of the shop."),
                field="api_key",
                detail=detail,
                advice=_("Give the key this role in the cabinet, or switch the part off here."),
            )
        if any(text in words for text in _KEYS):
            return AuthError(
                filled(_("%(vendor)s does not let us in."), vendor=VENDOR),
                detail=detail,
                advice=_("Make a new API key in the cabinet and enter it with its Client-Id."),
            )
        if answer.status == 400 and any(text in words for text in _PLAN):
            return ConfigError(
                _("The seller's plan does not give these figures."),
                field="analytics",
                detail=detail,
                advice=_("Choose other figures of analytics, or switch analytics off."),
            )
        if answer.status == 409:
            return RetryError(
                filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
                detail=detail,
                advice=LATER,
            )
        return fault_of_status(VENDOR, answer, self.caller.masked(said)) or BugError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR),
            raw=answer.body,
            detail=detail,
        )


def _message(answer: http.Answer) -> str:
    """Ozon's own words, else the beginning of the body."""
    start = answer.body[:300].decode(errors="replace").strip()
    if not start.startswith("{"):
        return start
    try:
        data = json_of(VENDOR, answer)
    except SourceError:
        return start
    return str(data.get("message", "")) if isinstance(data, dict) else start


def utc(day: dt.date, zone: dt.tzinfo) -> str:
    """The moment a day begins in ``zone``, as Ozon writes moments."""
    start = dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
    return f"{start:%Y-%m-%dT%H:%M:%S}Z"
