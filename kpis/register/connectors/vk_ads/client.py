"""VK Ads over the wire: a token for a day by client credentials, limits told in headers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import json_of
from kpis.register.connectors.tokens import Minted
from kpis.register.connectors.vk_ads.faults import TOKEN_REFUSED, VENDOR, ends, fault_of, said

_TOKEN = "access"  # noqa: S105  the name the token is kept under
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``raw`` and ``request`` are masked."""

    data: object
    raw: bytes
    content_type: str
    request: str
    notices: tuple[StrOrPromise, ...]


class VkAdsClient:
    """Asks one account. The token is obtained when there is none and once more when refused."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client_id = str(account.settings.get("client_id", "")).strip()
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        self._limits = (
            Limit("vk_ads.daily", key=self._client_id),
            Limit("vk_ads.hourly", key=self._client_id),
            Limit("vk_ads.second", requests=3, burst=3, parallel=2, key=self._client_id),
        )

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def sign_in(self) -> str:
        """A token that should be good. Raises a `SourceError`."""
        return self._account.tokens.get(_TOKEN, self._mint)

    def get(self, path: str, **params: str) -> Reply:
        """The answer to one request. Raises a `SourceError`."""
        token = self.sign_in()
        answer = self._ask(path, params, token)
        if answer.status == 401 and self._said(answer)[0] in TOKEN_REFUSED:
            token = self._account.tokens.renew(_TOKEN, token, self._mint)
            answer = self._ask(path, params, token)
        shown = " ".join(f"{name}={value}" for name, value in params.items())
        return self._judged(answer, f"{path} {shown}")

    def _ask(self, path: str, params: Mapping[str, str], token: str) -> http.Answer:
        self._caller.hide(token)
        answer = self._caller.ask(
            "GET",
            path,
            limits=self._limits,
            params=params,
            headers={"Authorization": f"Bearer {token}"},
        )
        self._tell(answer)
        return answer

    def _mint(self, secrets: Mapping[str, str]) -> Minted:
        secret = secrets.get("client_secret", "")
        if not secret:
            raise AuthError(_("No client secret has been entered."))
        if not self._client_id:
            raise ConfigError(_("No client ID has been entered."), field="client_id")
        answer = self._caller.ask(
            "POST",
            "v2/oauth2/token.json",
            limits=self._limits,
            form={
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": secret,
            },
        )
        data = self._judged(answer, "token", secret=True).data
        token = data.get("access_token") if isinstance(data, dict) else None
        if not isinstance(token, str) or not token:
            # The answer itself is not kept: it may hold a token under another name.
            raise BugError(_("VK Ads gave no access token."))
        lives = data.get("expires_in") if isinstance(data, dict) else None
        seconds = lives if isinstance(lives, int) and 0 < lives <= 366 * _DAY else _DAY
        return Minted(token, timezone.now() + dt.timedelta(seconds=seconds))

    def _judged(self, answer: http.Answer, request: str, *, secret: bool = False) -> Reply:
        if not 200 <= answer.status < 300:
            raise self._fault(answer, *self._said(answer), secret=secret)
        notices: list[StrOrPromise] = []
        try:
            data = json_of(VENDOR, answer, notices)
        except (BugError, RetryError) as fault:
            # Of an answer that holds a token nothing is shown, be it cut off or unreadable.
            raise type(fault)(fault.message, advice=fault.advice) if secret else fault from None
        code, words = said(data)
        if code:
            raise self._fault(answer, code, words, secret=secret)
        return Reply(data, answer.body, answer.content_type, request, tuple(notices))

    def _fault(self, answer: http.Answer, code: str, words: str, *, secret: bool) -> SourceError:
        detail = self._caller.masked(f"{code}: {words}") if code else ""
        return fault_of(answer, code, detail, raw=b"" if secret else answer.body)

    def _said(self, answer: http.Answer) -> tuple[str, str]:
        """The vendor's error, if the body holds one."""
        try:
            return said(json_of(VENDOR, answer))
        except SourceError:
            return "", ""

    def _tell(self, answer: http.Answer) -> None:
        """The vendor's own count of requests goes to the gate."""
        day, hour, _second = self._limits
        until = ends(timezone.now())
        for limit, period in ((day, "daily"), (hour, "hourly")):
            left = answer.headers.get(f"x-ratelimit-{period}-remaining", "")
            of = answer.headers.get(f"x-ratelimit-{period}-limit", "")
            if left.isascii() and left.isdecimal():
                self._caller.gate.left(
                    limit,
                    remaining=int(left),
                    of=int(of) if of.isascii() and of.isdecimal() else None,
                    until=until[period],
                )
