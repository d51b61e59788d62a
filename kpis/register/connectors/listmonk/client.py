"""Asking a listmonk: a token of an API user, errors as ``{"message"}`` with a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller, fault_of_status
from kpis.register.connectors.errors import AuthError, SourceError
from kpis.register.connectors.parsing import Reader, json_of

VENDOR = "listmonk"


@dataclass(frozen=True, slots=True)
class Reply:
    """The ``data`` of an answer and the answer it came in."""

    data: Mapping[str, object]
    raw: bytes
    request: str
    notices: tuple[StrOrPromise, ...]


class ListmonkClient:
    """One installation, as one API user."""

    def __init__(self, account: Account) -> None:
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        self._user = str(account.settings.get("username", ""))
        self._token = account.secrets.get("access_token", "")

    def get(self, path: str, params: Mapping[str, str]) -> Reply:
        """The data of one address. Raises a `SourceError`."""
        if not self._token:
            raise AuthError(_("No access token has been entered."))
        answer = self._caller.ask(
            "GET",
            path,
            params=params,
            headers={"Authorization": f"token {self._user}:{self._token}"},
        )
        notices: list[StrOrPromise] = []
        fault = fault_of_status(VENDOR, answer, self._words(answer))
        if fault is not None:
            raise fault
        body = json_of(VENDOR, answer, notices)
        reader = Reader(VENDOR, answer.body)
        data = reader.mapping(reader.field(reader.mapping(body, "answer"), "data"), "data")
        shown = " ".join(["GET", path, *(f"{name}={value}" for name, value in params.items())])
        return Reply(data, answer.body, shown, tuple(notices))

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def _words(self, answer: http.Answer) -> str:
        """What listmonk itself says of a refusal."""
        if answer.status < 300:
            return ""
        try:
            body = json_of(VENDOR, answer)
        except SourceError:
            return ""
        said = body.get("message") if isinstance(body, dict) else ""
        return self._caller.masked(str(said or ""))
