"""Asking Wildberries: limits, its envelope of errors, its own hint when to come again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import AuthError, BugError, ConfigError, SourceError
from kpis.register.connectors.limits import Gate, Limit
from kpis.register.connectors.parsing import json_of
from kpis.register.connectors.wildberries.endpoints import ENDPOINTS, HOSTS
from kpis.register.connectors.wildberries.token import claims_of

VENDOR = "Wildberries"
# One answer may hold eighty thousand orders.
LARGEST = 128 * 1024 * 1024
NO_STATISTICS = "no companies with correct intervals"


class WildberriesClient:
    """One seller. Both hosts are opened when first asked."""

    def __init__(self, account: Account) -> None:
        token = account.secrets.get("token", "")
        if not token:
            raise AuthError(_("No access token has been entered."))
        claims = claims_of(token)
        self._seller = (claims.seller if claims else "") or account.uid
        self._headers = {"Authorization": token, "Accept": "application/json"}
        self._gate: Gate = account.gate
        sizes = replace(http.Limits.from_settings(), max_bytes=LARGEST)
        self._callers = {
            host: Caller(
                VENDOR,
                str(account.settings.get(host) or address),
                account=account,
                sizes=sizes,
                hint_header="x-ratelimit-retry",
            )
            for host, address in HOSTS.items()
        }

    def ask(
        self, name: str, params: Mapping[str, str] | None = None, *, going_on: bool = False
    ) -> http.Answer:
        """The answer of the endpoint ``name``, status 2xx. Raises a `SourceError`. ``going_on``:
        the slice has begun, so its next page is waited for in place."""
        endpoint = ENDPOINTS[name]
        limit = endpoint.limit(name, self._seller, going_on=going_on)
        caller = self._callers[endpoint.host]
        answer = caller.ask(
            "GET", endpoint.path, limits=[limit], params=params, headers=self._headers
        )
        fault = _fault(caller, answer)
        if fault is not None:
            raise fault
        self._tell_left(limit, answer)
        return answer

    def close(self) -> None:
        """Free the connections."""
        for caller in self._callers.values():
            caller.close()

    def _tell_left(self, limit: Limit, answer: http.Answer) -> None:
        remaining = _number(answer, "x-ratelimit-remaining")
        if remaining is None:
            return
        seconds = _number(answer, "x-ratelimit-reset")
        pause = limit.seconds if seconds is None else seconds
        self._gate.left(
            limit,
            remaining=remaining,
            of=_number(answer, "x-ratelimit-limit"),
            until=timezone.now() + dt.timedelta(seconds=pause),
        )


def _fault(caller: Caller, answer: http.Answer) -> SourceError | None:
    status, words = _envelope(answer)
    detail = caller.masked(words)
    if status == 429:
        return wait_of(answer, seconds=caller.hint(answer), detail=detail)
    if status == 402:
        return ConfigError(
            _("Wildberries asks for payment of this part of its interface."),
            detail=detail,
            advice=_("Pay for it in the seller's portal or switch this part off."),
        )
    if status in (401, 403) and "scope" in words.lower():
        return ConfigError(
            _("The token has no right to this part."),
            field="token",
            detail=detail,
            advice=_("Create a token with the categories Statistics and Promotion."),
        )
    if status == 401:
        return AuthError(
            _("The access token is not accepted."),
            detail=detail,
            advice=_("Create a new token in the seller's portal and enter it."),
        )
    if status == 400 and not detail:
        detail = caller.masked(answer.body.decode(errors="replace"))
    return fault_of_status(VENDOR, replace(answer, status=status), detail)


def rows_of(answer: http.Answer) -> object:
    """The answer as JSON; an error that came with status 200 has been told apart before."""
    return json_of(VENDOR, answer)


def says_no_statistics(fault: SourceError) -> bool:
    """Whether a refusal means that none of the campaigns ran in these days."""
    return isinstance(fault, BugError) and NO_STATISTICS in fault.detail


def _envelope(answer: http.Answer) -> tuple[int, str]:
    """The status that counts and the vendor's words: an error may come inside a 200."""
    if answer.status == 200 and answer.body.lstrip()[:1] != b"{":
        return 200, ""
    try:
        data = json.loads(answer.body)
    except ValueError:
        return answer.status, ""
    if not isinstance(data, dict):
        return answer.status, ""
    words = " ".join(str(data[name]) for name in ("title", "detail", "errors") if data.get(name))
    inner = data.get("status")
    status = answer.status
    if status == 200 and words and isinstance(inner, int) and 400 <= inner < 600:
        status = inner
    elif status == 200 and (data.get("errors") or data.get("error")):
        status = 400
    return status, words


def _number(answer: http.Answer, header: str) -> int | None:
    value = answer.headers.get(header, "").strip()
    return int(value[:9]) if value.isascii() and value.isdecimal() else None
