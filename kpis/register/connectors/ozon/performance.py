"""Asking the Performance API (advertising): its own host, its own token, reports made to order."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    RetryError,
    SkipError,
    WaitError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of
from kpis.register.connectors.tokens import Minted

ADS_VENDOR = "Ozon Performance"
TOKEN = "performance"  # noqa: S105  the name of a token
POLL_SECONDS = 30
ORDER_LIFE = dt.timedelta(hours=6)
_WAITING = frozenset({"NOT_STARTED", "IN_PROGRESS"})


class PerformanceClient:
    """One advertiser. Raises a `SourceError` for whatever is no answer."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._id = str(account.settings.get("performance_id", ""))
        self._secret = account.secrets.get("performance_secret", "")
        base_url = str(account.settings.get("performance_url", ""))
        self.caller = Caller(ADS_VENDOR, base_url, account=account)
        self.rate = Limit("ozon.performance", requests=10, burst=10, key=self._id)
        # One report at a time is made for an advertiser.
        self.reports = Limit("ozon.reports", parallel=1, key=self._id)

    def close(self) -> None:
        """Free the connections."""
        self.caller.close()

    def campaigns(self) -> tuple[http.Answer, Reader, list[Mapping[str, object]]]:
        """Every campaign there is."""
        answer = self._ask("GET", "api/client/campaign")
        reader = Reader(ADS_VENDOR, answer.body)
        data = reader.mapping(json_of(ADS_VENDOR, answer), "campaign")
        return answer, reader, reader.rows(reader.field(data, "list"), "list")

    def report(self, order: Mapping[str, object]) -> http.Answer:
        """The finished report of ``order``. `WaitError` while it is being made: the order is
        remembered, and the next question goes on with it. `SkipError` when Ozon makes no such
        report."""
        self._token()  # obtained before the order is locked
        name = _name(order)
        uuid = self._account.tokens.get(name, lambda _secrets: self._ordered(order))
        # Masked, the question is the same for every order: a replay finds its answer.
        self.caller.hide(uuid)
        answer = self._ask("GET", f"api/client/statistics/{uuid}", missing=True)
        if answer.status == 404:
            self._forget(name, uuid)
            raise RetryError(_("Ozon no longer knows the report that was ordered."), advice=LATER)
        reader = Reader(ADS_VENDOR, answer.body)
        state = reader.mapping(json_of(ADS_VENDOR, answer), "statistics")
        said = reader.text(state, "state")
        if said in _WAITING:
            raise WaitError(
                _("Ozon is making the report."),
                until=timezone.now() + dt.timedelta(seconds=POLL_SECONDS),
                detail=said,
                advice=LATER,
            )
        if said == "ERROR":
            self._forget(name, uuid)
            words = self.caller.masked(str(state.get("error") or said))
            raise RetryError(_("Ozon could not make the report."), detail=words, advice=LATER)
        if said != "OK":
            reader.bug(_("A report is in an unknown state."), said)
        return self._ask("GET", "api/client/statistics/report", {"UUID": uuid})

    def done(self, order: Mapping[str, object]) -> None:
        """The report was read: the next reading of these days needs one of its own."""
        name = _name(order)
        uuid = self._account.tokens.get(name, lambda _secrets: Minted(""))
        self._forget(name, uuid)

    def _ordered(self, order: Mapping[str, object]) -> Minted:
        answer = self._ask("POST", "api/client/statistics", body=order)
        reader = Reader(ADS_VENDOR, answer.body)
        uuid = reader.text(reader.mapping(json_of(ADS_VENDOR, answer), "statistics"), "UUID")
        if not uuid or not all(part.isalnum() for part in uuid.split("-")):
            reader.bug(_("A field has another kind of value than agreed."), "UUID")
        return Minted(uuid, expires_at=timezone.now() + ORDER_LIFE)

    def _forget(self, name: str, uuid: str) -> None:
        gone = Minted("", expires_at=timezone.now())
        self._account.tokens.renew(name, uuid, lambda _secrets: gone)

    def _token(self) -> str:
        token = self._account.tokens.get(TOKEN, self._mint)
        self.caller.hide(token)
        return token

    def _mint(self, secrets: Mapping[str, str]) -> Minted:
        if not self._id or not self._secret:
            raise AuthError(_("The key of the Performance API has not been entered."))
        secret = secrets.get("performance_secret") or self._secret
        answer = self.caller.ask(
            "POST",
            "api/client/token",
            json={
                "client_id": self._id,
                "client_secret": secret,
                "grant_type": "client_credentials",
            },
            headers={"Accept": "application/json"},
            limits=(self.rate,),
        )
        self._refuse(answer)
        reader = Reader(ADS_VENDOR, b"")
        data = reader.mapping(json_of(ADS_VENDOR, answer), "token")
        token = reader.text(data, "access_token")
        lives = reader.count(data, "expires_in", about="token", optional=True)
        self.caller.hide(token)
        life = dt.timedelta(seconds=min(int(lives or 0), 86400))
        return Minted(token, expires_at=timezone.now() + life if life else None)

    def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, object] | None = None,
        missing: bool = False,
    ) -> http.Answer:
        """One exchange; a token refused on the way is renewed once. ``missing``: a 404 is an
        answer."""
        token = self._token()
        answer = self._send(method, path, params, body, token)
        if answer.status == 401:
            token = self._account.tokens.renew(TOKEN, token, self._mint)
            self.caller.hide(token)
            answer = self._send(method, path, params, body, token)
        if not (missing and answer.status == 404):
            self._refuse(answer)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
        token: str,
    ) -> http.Answer:
        return self.caller.ask(
            method,
            path,
            params=params,
            json=body,
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json, text/csv, */*",
            },
            limits=(self.rate, self.reports) if method == "POST" else (self.rate,),
        )

    def _refuse(self, answer: http.Answer) -> None:
        if 200 <= answer.status < 300:
            return
        said = self.caller.masked(answer.body[:300].decode(errors="replace").strip())
        words = said.lower()
        if answer.status == 429 or "лимит активных" in words:
            wait = wait_of(
                answer,
                seconds=None if answer.retry_after(timezone.now()) else 2 * POLL_SECONDS,
                detail=said,
            )
            self.caller.gate.closed_until(self.reports, wait.until)
            raise wait
        if answer.status == 400 and ("forbidden" in words or "запрещ" in words):
            raise SkipError(_("Ozon makes no daily report of this kind of campaign."), detail=said)
        raise fault_of_status(ADS_VENDOR, answer, said) or BugError(
            filled(_("%(vendor)s refused the request."), vendor=ADS_VENDOR),
            raw=answer.body,
            detail=said,
        )


def _name(order: Mapping[str, object]) -> str:
    text = json.dumps(order, sort_keys=True)
    return f"report:{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}"
