"""Bitrix24 over the wire: one method per request, its envelope judged before its status."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.bitrix24.faults import (
    STALE,
    VENDOR,
    Refusal,
    fault_of,
)
from kpis.register.connectors.caller import Caller, fault_of_status
from kpis.register.connectors.errors import AuthError, SourceError, WaitError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of
from kpis.register.connectors.tokens import Minted

PAGE = 50
OAUTH = "https://oauth.bitrix.info"
# Seconds of work one method may use in ten minutes; the vendor counts.
WORK_SECONDS = 480
_WORK_KEPT = 20
_WEBHOOK = re.compile(r"/rest/(\d+)/([^/]+)")

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: ``result`` as sent, ``total`` and ``next`` where the vendor counts."""

    result: object
    total: int | None
    next: int | None
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...]


def webhook_parts(address: str) -> tuple[str, str] | None:
    """The user and the code of a webhook's address, None when it is none."""
    found = _WEBHOOK.search(urlsplit(address.strip()).path)
    return (found[1], found[2]) if found else None


class Bitrix24Client:
    """Asks one portal: by the webhook if there is one, else as an application."""

    def __init__(self, account: Account) -> None:
        self._account = account
        base = str(account.settings.get("base_url", ""))
        self._oauth = str(account.settings.get("oauth_url") or OAUTH)
        self._parts = webhook_parts(account.secrets.get("webhook", ""))
        self._portal = urlsplit(base).hostname or ""
        code = self._parts[1] if self._parts else ""
        self._caller = Caller(VENDOR, base, account=account, secrets=(code,))

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def call(self, method: str, params: Params) -> Reply:
        """The answer of one method. Raises the `SourceError` its envelope stands for."""
        if self._parts:
            user, code = self._parts
            return self._asked(f"rest/{user}/{code}/{method}.json", method, params)
        token = self._account.tokens.get("access", self._mint)
        try:
            return self._as_application(method, params, token)
        except Refusal as refusal:
            if refusal.code not in STALE:
                raise
        return self._as_application(
            method, params, self._account.tokens.renew("access", token, self._mint)
        )

    def batch(self, commands: Mapping[str, tuple[str, Params]]) -> tuple[Reply, dict[str, object]]:
        """Several methods in one request, their results by name. One that failed raises, whatever
        the status of the whole."""
        cmd = {
            name: f"{method}?{urlencode(flat(params))}"
            for name, (method, params) in commands.items()
        }
        reply = self.call("batch", {"halt": 0, "cmd": cmd})
        reader = Reader(VENDOR, reply.raw)
        whole = reader.mapping(reply.result, "batch")
        results = _named(reader.field(whole, "result"))
        for name, error in _named(reader.optional(whole, "result_error")).items():
            method = commands[name][0] if name in commands else name
            envelope = reader.mapping(error, f"batch, {name}")
            raise fault_of(envelope, method, raw=reply.raw)
        missing = sorted(commands.keys() - results.keys())
        if missing:
            reader.bug(_("A part of the answer has an unknown shape."), f"batch: {missing}")
        more = _named(reader.optional(whole, "result_next"))
        for name, offset in more.items():
            results[name] = _joined(results[name], self._rest(commands[name], offset))
        return reply, results

    def listed(
        self, entity: int, select: list[str], condition: Mapping[str, object]
    ) -> Iterator[tuple[Reply, list[Mapping[str, object]]]]:
        """The items of a CRM entity in the order of their ids, a page at a time. Only the first
        page is counted: counting is what is slow in a large portal. Ends with a page that is not
        full."""
        last, first = 0, True
        while True:
            reply = self.call(
                "crm.item.list",
                {
                    "entityTypeId": entity,
                    "select": select,
                    "filter": {**condition, ">id": last},
                    "order": {"id": "ASC"},
                    "start": 0 if first else -1,
                },
            )
            reader = Reader(VENDOR, reply.raw)
            items = reader.mapping(reply.result, "crm.item.list")
            rows = reader.rows(reader.field(items, "items"), "items")
            yield reply, rows
            if len(rows) < PAGE:
                return
            ids = [int(reader.figure(reader.field(row, "id"), "id")) for row in rows]
            if max(ids) <= last:
                reader.bug(_("The source gave the same page twice."), f"id {last}")
            last, first = max(ids), False

    def counted(self, entity: int, condition: Mapping[str, object]) -> int:
        """How many items there are now."""
        params = {
            "entityTypeId": entity,
            "select": ["id"],
            "filter": {**condition, ">id": 0},
            "start": 0,
        }
        return self.call("crm.item.list", params).total or 0

    def _rest(self, command: tuple[str, Params], offset: object) -> list[object]:
        """What a command of a batch had no room for."""
        method, params = command
        rows: list[object] = []
        start: object = offset
        while start is not None:
            reply = self.call(method, {**params, "start": start})
            rows += reply.result if isinstance(reply.result, list) else []
            start = reply.next
        return rows

    def _as_application(self, method: str, params: Params, token: str) -> Reply:
        self._caller.hide(token)
        return self._asked(f"rest/{method}.json", method, {**params, "auth": token})

    def _asked(self, path: str, method: str, params: Params) -> Reply:
        bucket = Limit("bitrix24.address", requests=2, seconds=1, burst=50)
        work = Limit("bitrix24.method", key=f"{self._portal} {method}")
        answer = self._caller.ask("POST", path, json=params, limits=(bucket, work))
        notices: list[StrOrPromise] = []
        data = self._data(answer, notices)
        time = data.get("time")
        if isinstance(time, dict):
            self._tell_gate(work, time)
        if "error" in data:
            fault = fault_of(data, method, raw=answer.body, answer=answer, mask=self._caller.masked)
            if isinstance(fault, WaitError):
                full = bucket if answer.status == 503 else work
                self._caller.gate.closed_until(full, fault.until)
            raise fault
        fault_by_status = fault_of_status(VENDOR, answer)
        if fault_by_status is not None:
            raise fault_by_status
        reader = Reader(VENDOR, answer.body)
        shown = {name: value for name, value in params.items() if name != "auth"}
        return Reply(
            result=reader.field(data, "result"),
            total=_number(data.get("total")),
            next=_number(data.get("next")),
            raw=answer.body,
            request=f"POST {method} {json.dumps(shown, ensure_ascii=False, default=str)}",
            content_type=answer.content_type or "application/json",
            notices=tuple(notices),
        )

    def _data(self, answer: http.Answer, notices: list[StrOrPromise]) -> Mapping[str, object]:
        """The envelope; a status that is a fault counts where there is none."""
        try:
            data = json_of(VENDOR, answer, notices)
        except SourceError:
            fault = fault_of_status(VENDOR, answer)
            if fault is not None:
                raise fault from None
            raise
        return Reader(VENDOR, answer.body).mapping(data, "envelope")

    def _tell_gate(self, work: Limit, time: Mapping[str, object]) -> None:
        used, reset = time.get("operating"), time.get("operating_reset_at")
        if isinstance(used, int | Decimal) and isinstance(reset, int | Decimal):
            self._caller.gate.left(
                work,
                remaining=max(0, WORK_SECONDS - _WORK_KEPT - int(used)),
                of=WORK_SECONDS,
                until=dt.datetime.fromtimestamp(int(reset), dt.UTC),
            )

    def _mint(self, secrets: Mapping[str, str]) -> Minted:
        """A new pair; the refresh token is replaced with every use."""
        if not secrets.get("refresh_token"):
            raise AuthError(
                _("Neither a webhook nor a refresh token has been entered."),
                advice=_("Enter the address of an incoming webhook."),
            )
        caller = Caller(VENDOR, self._oauth, account=self._account, secrets=secrets.values())
        try:
            answer = caller.ask(
                "GET",
                "oauth/token/",
                params={
                    "grant_type": "refresh_token",
                    "client_id": str(self._account.settings.get("client_id", "")),
                    "client_secret": secrets.get("client_secret", ""),
                    "refresh_token": secrets["refresh_token"],
                },
            )
            data = self._data(answer, [])
        finally:
            caller.close()
        if "error" in data:
            raise fault_of(data, "oauth/token", raw=answer.body, answer=answer, mask=caller.masked)
        fault = fault_of_status(VENDOR, answer)
        if fault is not None:
            raise fault
        reader = Reader(VENDOR, b"")
        lifetime = int(reader.figure(reader.field(data, "expires_in"), "expires_in"))
        return Minted(
            reader.text(data, "access_token"),
            timezone.now() + dt.timedelta(seconds=lifetime),
            {"refresh_token": reader.text(data, "refresh_token")},
        )


def flat(params: object, name: str = "") -> dict[str, str]:
    """Nested parameters as a command of a batch spells them: ``filter[>id]=5``."""
    if isinstance(params, Mapping):
        pairs = [(str(key), value) for key, value in params.items()]
    elif isinstance(params, list | tuple):
        pairs = [(str(key), value) for key, value in enumerate(params)]
    else:
        return {name: str(params)}
    found: dict[str, str] = {}
    for key, value in pairs:
        found |= flat(value, f"{name}[{key}]" if name else key)
    return found


def _named(value: object) -> dict[str, object]:
    """An object by name; an empty one arrives as an empty list."""
    return dict(value) if isinstance(value, dict) else {}


def _joined(value: object, rest: list[object]) -> object:
    return [*value, *rest] if isinstance(value, list) else value


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
