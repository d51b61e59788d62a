"""Metrika over the wire: the token in a header, the limits of address, login and counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller
from kpis.register.connectors.errors import AuthError, BugError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.metrika.faults import VENDOR, QuotaUsedUp, fault_of
from kpis.register.connectors.parsing import json_of, text_of

SECRET = "token"  # noqa: S105  the name of a field
_DAY = 86_400
_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """One parsed answer; ``raw`` and ``request`` hold no secrets."""

    data: Mapping[str, object]
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One downloaded part of a log."""

    text: str
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...] = ()


class MetrikaClient:
    """Asks about one counter. Raises a `SourceError` for whatever is no answer."""

    def __init__(self, account: Account, *, base_url: str, counter: str, login: str) -> None:
        token = account.secrets.get(SECRET, "")
        if not token:
            raise AuthError(_("No access token has been entered."))
        self._headers = {"Authorization": f"OAuth {token}"}
        self._gate = account.gate
        sizes = http.Limits.from_settings()
        larger = replace(sizes, max_bytes=max(sizes.max_bytes, _FILE_BYTES))
        self._api = Caller(VENDOR, base_url, account=account)
        self._files = Caller(VENDOR, base_url, account=account, sizes=larger)
        self._daily = {
            "login": _per_day("metrika.login.day", login),
            "counter": _per_day("metrika.counter.day", counter),
        }
        shared = (*self._daily.values(), Limit("metrika.login", parallel=3, key=login))
        self._limits = (Limit("metrika.ip", requests=30, burst=10), *shared)
        self._log_limits = (Limit("metrika.logs.ip", requests=10, burst=5), *shared)

    def close(self) -> None:
        """Free the connections."""
        self._api.close()
        self._files.close()

    def get(self, path: str, params: Mapping[str, str] | None = None, *, about: str = "") -> Reply:
        """Statistics and settings. ``about`` describes the question for the kept request."""
        return self._reply("GET", path, params, self._limits, about)

    def logs(self, method: str, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """The Logs API."""
        return self._reply(method, path, params, self._log_limits, "")

    def file(self, path: str) -> File:
        """One part of a log, as text."""
        answer = self._ask(self._files, "GET", path, None, self._log_limits)
        notices: list[StrOrPromise] = []
        text = text_of(answer, notices)
        if not text.strip() or text.lstrip().startswith("<") or answer.content_type == "text/html":
            json_of(VENDOR, answer)  # says that it is empty, or a web page
        content_type = answer.content_type or "text/tab-separated-values"
        return File(text, answer.body, f"GET {path}", content_type, tuple(notices))

    def _reply(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        limits: tuple[Limit, ...],
        about: str,
    ) -> Reply:
        answer = self._ask(self._api, method, path, params, limits)
        notices: list[StrOrPromise] = []
        data = json_of(VENDOR, answer, notices)
        if not isinstance(data, dict):
            raise BugError(_("A part of the answer has an unknown shape."), raw=answer.body)
        content_type = answer.content_type or "application/json"
        request = f"{method} {path} {about}".strip()
        return Reply(data, answer.body, request, content_type, tuple(notices))

    def _ask(
        self,
        caller: Caller,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        limits: tuple[Limit, ...],
    ) -> http.Answer:
        answer = caller.ask(method, path, params=params, headers=self._headers, limits=limits)
        fault = fault_of(answer)
        if isinstance(fault, QuotaUsedUp):
            self._gate.closed_until(self._daily[fault.whose], fault.until)
        if fault is not None:
            raise fault
        return answer


def _per_day(name: str, key: str) -> Limit:
    return Limit(name, requests=5000, seconds=_DAY, burst=5000, key=key)
