"""The Data API over the wire: JSON-RPC, an error inside a 200, limits in the metadata."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of

VENDOR = "UIS"
_INVALID_PARAMS = -32602
_NO_METHOD = -32601
_INTERNAL = -32603
_DENIED = ("access_token_", "auth_error", "account_inactive", "user_inactive", "forbidden")


@dataclass(frozen=True, slots=True)
class Answer:
    """``data`` and ``metadata`` of one result; ``raw`` and ``request`` are masked."""

    data: object
    metadata: Mapping[str, object]
    raw: bytes
    request: str
    notices: tuple[StrOrPromise, ...]


class UisClient:
    """Asks one account. The key travels in the body and is masked elsewhere."""

    def __init__(self, account: Account) -> None:
        self._token = account.secrets.get("access_token", "")
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        self._day = Limit("uis.day", key=account.uid)
        self._minute = Limit(
            "uis.minute", requests=60, seconds=60, burst=10, parallel=1, key=account.uid
        )

    @property
    def has_key(self) -> bool:
        """Whether a key has been entered."""
        return bool(self._token)

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def ask(self, method: str, **params: object) -> Answer:
        """The result of one method. Raises the `SourceError` an error stands for."""
        if not self.has_key:
            raise AuthError(_("No access token has been entered."))
        answer = self._caller.ask(
            "POST",
            limits=(self._day, self._minute),
            json={
                "jsonrpc": "2.0",
                "id": 1,
                "method": method,
                "params": {"access_token": self._token, **params},
            },
        )
        shown = " ".join(f"{name}={value}" for name, value in params.items() if name != "fields")
        return self._judged(answer, self._caller.masked(f"{method} {shown}".strip()))

    def _judged(self, answer: http.Answer, request: str) -> Answer:
        notices: list[StrOrPromise] = []
        try:
            data = json_of(VENDOR, answer, notices)
        except SourceError as fault:
            raise fault_of_status(VENDOR, answer) or fault from fault
        error = data.get("error") if isinstance(data, dict) else None
        if isinstance(error, dict):
            raise self._fault(answer, error)
        refused = fault_of_status(VENDOR, answer)
        if refused is not None:
            raise refused
        reader = Reader(VENDOR, answer.body)
        result = reader.mapping(reader.field(reader.mapping(data, "result"), "result"), "result")
        metadata = result.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        self._tell(metadata)
        return Answer(reader.field(result, "data"), metadata, answer.body, request, tuple(notices))

    def _tell(self, metadata: Mapping[str, object]) -> None:
        """The vendor's own count of points goes to the gate."""
        limits = _mapping(metadata.get("limits"))
        for limit, name in ((self._day, "day"), (self._minute, "minute")):
            remaining, reset = limits.get(f"{name}_remaining"), limits.get(f"{name}_reset")
            if isinstance(remaining, int) and isinstance(reset, int):
                of = limits.get(f"{name}_limit")
                self._caller.gate.left(
                    limit,
                    remaining=remaining,
                    of=of if isinstance(of, int) else None,
                    until=timezone.now() + dt.timedelta(seconds=reset),
                )

    def _fault(self, answer: http.Answer, error: Mapping[str, object]) -> SourceError:
        """The class of an error by its mnemonic, then by its code."""
        told = _mapping(error.get("data"))
        mnemonic, code = str(told.get("mnemonic", "")), error.get("code")
        detail = self._caller.masked(f"{mnemonic or code}: {error.get('message', '')}")
        if mnemonic == "limit_exceeded":
            return self._limited(answer, _mapping(told.get("metadata")), detail)
        if mnemonic == "ip_not_whitelisted":
            return AuthError(
                _("UIS does not know the address of this server."),
                detail=detail,
                advice=_("Add the address of this server to the white list of the API user."),
            )
        if mnemonic.startswith(_DENIED):
            return AuthError(
                _("UIS does not accept the API key."),
                detail=detail,
                advice=_("Make a new key in the account and enter it here; look at the address: "
                         "UIS and CoMagic have keys of their own."),
            )  # fmt: skip
        if mnemonic == "method_component_disabled":
            return SkipError(
                _("A component of the account needed for this is switched off."),
                detail=detail,
                advice=_("Switch the component on in the account, or ask UIS for it."),
            )
        if code in (_INVALID_PARAMS, _NO_METHOD):
            return ConfigError(_("UIS does not accept a setting of the request."), detail=detail)
        if code == _INTERNAL or mnemonic == "internal_error":
            return RetryError(_("UIS had an error of its own."), detail=detail, advice=LATER)
        return BugError(_("UIS answered with an unknown error."), raw=answer.body, detail=detail)

    def _limited(
        self, answer: http.Answer, metadata: Mapping[str, object], detail: str
    ) -> WaitError:
        """Until the day's points come anew when they are used up, else the minute's."""
        limits = _mapping(metadata.get("limits"))
        used = limits.get("day_remaining") == 0
        reset = limits.get("day_reset" if used else "minute_reset")
        wait = wait_of(answer, seconds=reset if isinstance(reset, int) else None, detail=detail)
        self._caller.gate.closed_until(self._day if used else self._minute, wait.until)
        return wait


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
