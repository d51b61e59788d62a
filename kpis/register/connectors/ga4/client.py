"""The Data API over the wire: the token, the quota, one report at a time."""

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
from kpis.register.connectors.caller import Caller
from kpis.register.connectors.errors import AuthError, BugError, SourceError, WaitError
from kpis.register.connectors.ga4.faults import (
    HOUR,
    VENDOR,
    error_in,
    fault_of,
    from_envelope,
    token_fault,
)
from kpis.register.connectors.ga4.key import LIFETIME, ServiceKey
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import json_of
from kpis.register.connectors.tokens import Minted

SECRET = "service_account_key"  # noqa: S105  the name of a field
_TOKEN = "access"  # noqa: S105  the name it is stored under
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Google's names of the quotas it reports: the limit's name here, and for how long it is used up.
_QUOTAS = {
    "tokensPerHour": ("ga4.hour", HOUR),
    "tokensPerProjectPerHour": ("ga4.project_hour", HOUR),
    "tokensPerDay": ("ga4.day", dt.timedelta(days=1)),
    "serverErrorsPerProjectPerHour": ("ga4.errors", HOUR),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One parsed answer; ``raw`` and ``request`` hold no secrets."""

    data: Mapping[str, object]
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...] = ()


class Ga4Client:
    """Asks about one property. Raises a `SourceError` for whatever is no answer."""

    def __init__(self, account: Account, *, base_url: str, token_url: str, number: str) -> None:
        self._account = account
        self._number = number
        self._token_url = token_url.rstrip("/")
        self.key = ServiceKey.of(account.secrets.get(SECRET, ""))
        hidden = (self.key.private_key,)
        self._api = Caller(VENDOR, base_url, account=account, secrets=hidden)
        # A caller of its own: here the token is what is read, there it is what is hidden.
        self._oauth = Caller(VENDOR, token_url, account=account, secrets=hidden)
        property_limit = Limit("ga4.property", parallel=10, key=number)
        self._quotas = {
            name: (Limit(limit, key=number), lasts) for name, (limit, lasts) in _QUOTAS.items()
        }
        self._limits = (*(limit for limit, _lasts in self._quotas.values()), property_limit)

    def close(self) -> None:
        """Free the connections."""
        self._api.close()
        self._oauth.close()

    def token(self) -> str:
        """An access token that is still good. Raises a `SourceError`."""
        return self._account.tokens.get(_TOKEN, self._mint)

    def metadata(self) -> Reply:
        """The dimensions and metrics this property has."""
        return self._ask("GET", f"v1beta/properties/{self._number}/metadata")

    def report(self, body: Mapping[str, object], about: str) -> Reply:
        """One page of one report; ``about`` describes it for the kept request."""
        path = f"v1beta/properties/{self._number}:runReport"
        reply = self._ask("POST", path, json={**body, "returnPropertyQuota": True}, about=about)
        self._tell_quota(reply.data.get("propertyQuota"))
        return reply

    def _ask(self, method: str, path: str, *, json: object = None, about: str = "") -> Reply:
        token = self.token()
        answer = self._send(method, path, json, token)
        if answer.status == 401:
            token = self._account.tokens.renew(_TOKEN, token, self._mint)
            answer = self._send(method, path, json, token)
        if not 200 <= answer.status < 300:
            raise self._heard(fault_of(answer))
        notices: list[StrOrPromise] = []
        data = json_of(VENDOR, answer, notices)
        envelope = error_in(data)
        if envelope is not None:
            raise self._heard(from_envelope(envelope, answer))
        if not isinstance(data, dict):
            raise BugError(_("A part of the answer has an unknown shape."), raw=answer.body)
        request = f"{method} {path} {about}".strip()
        content_type = answer.content_type or "application/json"
        return Reply(data, answer.body, request, content_type, tuple(notices))

    def _send(self, method: str, path: str, json: object, token: str) -> http.Answer:
        self._api.hide(token)
        return self._api.ask(
            method,
            path,
            limits=self._limits,
            params={"prettyPrint": "false"},
            json=json,
            headers={"Authorization": f"Bearer {token}"},
        )

    def _heard(self, fault: SourceError) -> SourceError:
        """A used-up quota refuses every request to the property: nobody need try."""
        if isinstance(fault, WaitError):
            self._account.gate.closed_until(self._limits[-1], fault.until)
        return fault

    def _tell_quota(self, quota: object) -> None:
        if not isinstance(quota, dict):
            return
        now = timezone.now()
        for name, (limit, lasts) in self._quotas.items():
            status = quota.get(name)
            left = status.get("remaining", 0) if isinstance(status, dict) else None
            if isinstance(left, int):
                self._account.gate.left(limit, remaining=left, until=now + lasts)

    def _mint(self, secrets: Mapping[str, str]) -> Minted:
        """A token for the key as it is now stored."""
        now = timezone.now()
        key = ServiceKey.of(secrets.get(SECRET, ""))
        assertion = key.assertion(f"{self._token_url}/token", now)
        self._oauth.hide(key.private_key, assertion)
        form = {"grant_type": _GRANT, "assertion": assertion}
        answer = self._oauth.ask("POST", "token", form=form)
        if not 200 <= answer.status < 300:
            raise token_fault(answer)
        data = json_of(VENDOR, answer)
        if isinstance(data, dict) and "error" in data:
            raise token_fault(answer)
        token = data.get("access_token") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(token, str) or not token:
            raise AuthError(
                filled(_("%(vendor)s gave no access token."), vendor=VENDOR),
                detail=", ".join(sorted(map(str, data))) if isinstance(data, dict) else "",
            )
        seconds = data.get("expires_in")
        lasts = dt.timedelta(seconds=seconds) if isinstance(seconds, int) else LIFETIME
        return Minted(token, expires_at=now + lasts)
