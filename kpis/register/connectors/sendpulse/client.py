"""Asking SendPulse: an access token of an hour, obtained with the client's id and secret."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller, fault_of_status
from kpis.register.connectors.errors import AuthError, BugError, SourceError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of
from kpis.register.connectors.tokens import Minted

VENDOR = "SendPulse"
PER_SECOND = 10
_TOKEN = "access"  # noqa: S105  the name of a token, not its value


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted answer."""

    data: object
    raw: bytes
    request: str
    notices: tuple[StrOrPromise, ...]


class NotFound(SourceError):
    """What was asked for is not there (any more)."""


class SendpulseClient:
    """One account."""

    def __init__(self, account: Account) -> None:
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        self._tokens = account.tokens
        self._client_id = str(account.settings.get("client_id", ""))
        self._has_secret = bool(account.secrets.get("client_secret"))
        self._limit = Limit(
            "sendpulse.account", requests=PER_SECOND, seconds=1, burst=5, key=self._client_id
        )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """The data of one address. Raises a `SourceError`; `NotFound` for a 404."""
        if not self._has_secret:
            raise AuthError(_("No secret has been entered."))
        token = self._tokens.get(_TOKEN, self._mint)
        answer = self._ask(path, params, token)
        if answer.status == 401:
            answer = self._ask(path, params, self._tokens.renew(_TOKEN, token, self._mint))
        notices: list[StrOrPromise] = []
        data = self._accepted(answer, notices)
        shown = " ".join(
            ["GET", path, *(f"{name}={value}" for name, value in (params or {}).items())]
        )
        return Reply(data, answer.body, shown, tuple(notices))

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def _ask(self, path: str, params: Mapping[str, str] | None, token: str) -> http.Answer:
        self._caller.hide(token)
        return self._caller.ask(
            "GET",
            path,
            limits=(self._limit,),
            params=params,
            headers={"Authorization": f"Bearer {token}"},
        )

    def _mint(self, secrets: Mapping[str, str]) -> Minted:
        """A fresh access token. Raises a `SourceError`."""
        answer = self._caller.ask(
            "POST",
            "oauth/access_token",
            limits=(self._limit,),
            json={
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": secrets.get("client_secret", ""),
            },
        )
        if answer.status in (400, 401, 403):
            raise AuthError(
                filled(_("%(vendor)s does not let us in."), vendor=VENDOR),
                detail=f"HTTP {answer.status}: {self._words(answer)}",
                advice=_("Check the ID and the secret in SendPulse and enter them again."),
            )
        reader = Reader(VENDOR, b"")  # the body is a secret and is not kept
        data = reader.mapping(self._accepted(answer, []), "oauth/access_token")
        seconds = reader.count(data, "expires_in", about="oauth/access_token", optional=True)
        value = reader.text(data, "access_token")
        self._caller.hide(value)
        return Minted(
            value,
            timezone.now() + dt.timedelta(seconds=int(seconds)) if seconds is not None else None,
        )

    def _accepted(self, answer: http.Answer, notices: list[StrOrPromise]) -> object:
        fault = fault_of_status(VENDOR, answer, self._words(answer))
        if fault is not None:
            if answer.status == 404:
                raise NotFound(fault.message, detail=fault.detail, advice=fault.advice)
            raise fault
        data = json_of(VENDOR, answer, notices)
        if isinstance(data, dict) and data.get("error_code"):
            raise BugError(
                filled(_("%(vendor)s refused the request."), vendor=VENDOR),
                raw=answer.body,
                detail=self._words(answer),
            )
        return data

    def _words(self, answer: http.Answer) -> str:
        """What SendPulse itself says of a refusal: its code and message."""
        try:
            body = json_of(VENDOR, answer)
        except SourceError:
            return ""
        if not isinstance(body, dict) or not (body.get("error_code") or body.get("message")):
            return ""
        said = body.get("message") or body.get("error_description") or body.get("error")
        return self._caller.masked(f"{body.get('error_code', '')} {said or ''}".strip())
