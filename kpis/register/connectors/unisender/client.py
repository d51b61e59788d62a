"""Asking Unisender: the key goes in the body, errors come inside a 200."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import DETAIL, LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import json_of

VENDOR = "Unisender"
PER_MINUTE = 1200
LIMIT_SECONDS = 60
_OVER_KEY = "api_call_limit_exceeded_for_api_key"
_OVER_ADDRESS = "api_call_limit_exceeded_for_ip"
_AUTH = frozenset({"invalid_api_key", "access_denied"})
_CONFIG = frozenset({"unknown_method", "not_enough_money"})


class ArgumentRefused(ConfigError):
    """Unisender refuses an argument: a wrong setting, or an object that is no more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """``result`` of an accepted call and the answer it came in."""

    result: object
    raw: bytes
    request: str
    notices: tuple[StrOrPromise, ...] = field(default=())


class UnisenderClient:
    """One account by its key."""

    def __init__(self, account: Account) -> None:
        base_url = str(account.settings.get("base_url", ""))
        self._caller = Caller(VENDOR, base_url, account=account)
        self._key = account.secrets.get("api_key", "")
        self._address = Limit("unisender.ip", requests=PER_MINUTE, seconds=60, burst=20)
        self._account = Limit(
            "unisender.key", requests=PER_MINUTE, seconds=60, burst=20, key=account.uid
        )

    def call(self, method: str, arguments: Mapping[str, str] | None = None) -> Reply:
        """The result of one method. Raises a `SourceError`."""
        if not self._key:
            raise AuthError(_("No access key has been entered."))
        arguments = dict(arguments or {})
        answer = self._caller.ask(
            "POST",
            method,
            limits=(self._address, self._account),
            form={"format": "json", "api_key": self._key, **arguments},
        )
        notices: list[StrOrPromise] = []
        shown = " ".join([method, *(f"{name}={value}" for name, value in arguments.items())])
        return Reply(self._result(answer, notices), answer.body, shown, tuple(notices))

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def _result(self, answer: http.Answer, notices: list[StrOrPromise]) -> object:
        status = fault_of_status(VENDOR, answer)
        try:
            data = json_of(VENDOR, answer, notices)
        except SourceError:
            if status is not None:
                raise status from None
            raise
        if isinstance(data, dict) and data.get("error"):
            raise self._fault(answer, str(data.get("code") or ""), str(data["error"]))
        if status is not None:
            raise status
        if not isinstance(data, dict) or "result" not in data:
            raise BugError(
                filled(_("The answer of %(vendor)s is not readable."), vendor=VENDOR),
                raw=answer.body,
            )
        return data["result"]

    def _fault(self, answer: http.Answer, code: str, words: str) -> SourceError:
        """The class of Unisender's own error."""
        detail = self._caller.masked(f"{code}: {words}")[:DETAIL]
        if code in (_OVER_KEY, _OVER_ADDRESS):
            wait = wait_of(answer, seconds=self._pause(answer), detail=detail)
            over = self._account if code == _OVER_KEY else self._address
            self._caller.gate.closed_until(over, wait.until)
            return wait
        if code == "retry_later":
            return RetryError(
                filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
                detail=detail,
                advice=LATER,
            )
        if code in _AUTH:
            return AuthError(
                filled(_("%(vendor)s does not let us in."), vendor=VENDOR),
                detail=detail,
                advice=_("Check the key in the settings of Unisender and enter it again."),
            )
        if code == "invalid_arg":
            return ArgumentRefused(
                filled(_("%(vendor)s refused the request."), vendor=VENDOR), detail=detail
            )
        if code in _CONFIG:
            return ConfigError(
                filled(_("%(vendor)s refused the request."), vendor=VENDOR),
                field="base_url" if code == "unknown_method" else "",
                detail=detail,
                advice=_("Check the address and the balance of the account."),
            )
        return BugError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR),
            raw=answer.body,
            detail=detail,
        )

    def _pause(self, answer: http.Answer) -> int | None:
        """Seconds until the minute is over; None where the answer itself has a hint."""
        return LIMIT_SECONDS if answer.retry_after(timezone.now()) is None else None
