"""Odoo over the wire: JSON-2 from version 19 on, XML-RPC before; its refusals as faults."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import DETAIL, LATER, Caller, fault_of_status
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.odoo import xml_rpc
from kpis.register.connectors.parsing import Reader, json_of

VENDOR = "Odoo"
PAGE = 500
# Archived rows are lost ones; without this Odoo hides them.
EVERYTHING = {"active_test": False, "lang": "en_US"}
_NAME = re.compile(r"^([\w.]+(?:Error|Denied|Failure|NotFound|Unauthorized|Forbidden|Warning))\b")
_PASSING = (
    "SerializationFailure",
    "OperationalError",
    "LockNotAvailable",
    "DeadlockDetected",
    "TransactionRollbackError",
    "ServiceUnavailable",
    "InternalServerError",
)
Row = Mapping[str, object]
Domain = list[list[object]]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: ``value`` as parsed, ``raw`` masked."""

    value: object
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...]


class OdooClient:
    """Asks one database."""

    def __init__(self, account: Account, *, page_size: int = PAGE) -> None:
        settings = account.settings
        base = str(settings.get("base_url", ""))
        self._key = account.secrets.get("api_key", "")
        self._database = str(settings.get("database") or "")
        self._login = str(settings.get("login") or "")
        self._is_json = settings.get("protocol", "json2") == "json2"
        self._page_size = page_size
        self._uid: int | None = None
        self._limit = Limit(
            "odoo.database", parallel=2, key=f"{urlsplit(base).hostname} {self._database}"
        )
        self._caller = Caller(VENDOR, base, account=account)

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def begin(self) -> None:
        """A new slice signs in by itself: its answers must be complete without another's."""
        self._uid = None

    def signed_in(self) -> int | None:
        """The user's number where the protocol has one. Raises `AuthError`."""
        if not self._key:
            raise AuthError(_("No key has been entered."))
        if self._is_json:
            return None
        if self._uid is None:
            body = xml_rpc.written("authenticate", self._database, self._login, self._key, {})
            reply = self._by_xml("xmlrpc/2/common", body, "authenticate")
            if not isinstance(reply.value, int) or isinstance(reply.value, bool):
                raise _not_let_in("authenticate: False")
            self._uid = reply.value
        return self._uid

    def execute(self, model: str, method: str, first: str, value: object, **rest: object) -> Reply:
        """A method of a model; ``first`` names its first argument, which older versions take by
        place."""
        uid = self.signed_in()
        about = f"{model}.{method}"
        if uid is None:
            return self._by_json(f"json/2/{model}/{method}", {first: value, **rest}, about)
        body = xml_rpc.written(
            "execute_kw", self._database, uid, self._key, model, method, [value], rest
        )
        told = json.dumps([value, rest], ensure_ascii=False)
        return self._by_xml("xmlrpc/2/object", body, f"{about} {told}")

    def fields(self, model: str, names: list[str]) -> set[str]:
        """Those of these fields that this version and its modules have."""
        reply = self.execute(model, "fields_get", "allfields", names, attributes=["type"])
        return set(Reader(VENDOR, reply.raw).mapping(reply.value, "fields_get")) & set(names)

    def count(self, model: str, domain: Domain) -> int:
        """How many rows there are now."""
        reply = self.execute(model, "search_count", "domain", domain, context=EVERYTHING)
        reader = Reader(VENDOR, reply.raw)
        return int(reader.whole(reader.figure(reply.value, "search_count"), "search_count"))

    def listed(
        self, model: str, domain: Domain, fields: list[str]
    ) -> Iterator[tuple[Reply, list[Row]]]:
        """The rows in the order of their ids, a page at a time; ends with a page that is not
        full."""
        last = 0
        while True:
            reply = self.execute(
                model,
                "search_read",
                "domain",
                [*domain, ["id", ">", last]],
                fields=fields,
                limit=self._page_size,
                order="id asc",
                context=EVERYTHING,
            )
            reader = Reader(VENDOR, reply.raw)
            rows: list[Row] = list(reader.rows(reply.value, f"{model}.search_read"))
            yield reply, rows
            if len(rows) < self._page_size:
                return
            highest = max(int(reader.figure(reader.field(row, "id"), "id")) for row in rows)
            if highest <= last:
                reader.bug(_("The source gave the same page twice."), f"id {last}")
            last = highest

    def _by_json(self, path: str, body: Mapping[str, object], about: str) -> Reply:
        headers = {"Authorization": f"bearer {self._key}"}
        if self._database:
            headers["X-Odoo-Database"] = self._database
        answer = self._caller.ask("POST", path, json=body, headers=headers, limits=(self._limit,))
        notices: list[StrOrPromise] = []
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, about)
        value = json_of(VENDOR, answer, notices)
        told = json.dumps(body, ensure_ascii=False)
        return Reply(value, answer.body, f"{about} {told}", answer.content_type, tuple(notices))

    def _by_xml(self, path: str, body: bytes, about: str) -> Reply:
        headers = {"Content-Type": xml_rpc.CONTENT_TYPE}
        answer = self._caller.ask(
            "POST", path, content=body, headers=headers, limits=(self._limit,)
        )
        fault = fault_of_status(VENDOR, answer)
        if fault is not None:
            raise fault
        try:
            (value,), _method = xml_rpc.read(answer.body)
        except xmlrpc.client.Fault as error:
            raise self._fault(error, about, answer.body) from None
        except (xml_rpc.Unreadable, TypeError, ValueError) as error:
            raise _unreadable(answer, error) from error
        return Reply(value, answer.body, about, answer.content_type, ())

    def _refusal(self, answer: http.Answer, about: str) -> SourceError:
        """The error object of JSON-2; its traceback is nobody's to read."""
        try:
            data = json_of(VENDOR, answer)
        except SourceError:
            data = None
        if not isinstance(data, dict) or "name" not in data:
            return fault_of_status(VENDOR, answer) or BugError(
                filled(_("%(vendor)s refused the request."), vendor=VENDOR), raw=answer.body
            )
        name, message = str(data["name"]), str(data.get("message") or "")
        detail = self._caller.masked(f"{about}: {name}: {message}")
        return fault_of(name, message, detail) or (
            fault_of_status(VENDOR, answer, detail) or BugError(message, raw=answer.body)
        )

    def _fault(self, error: xmlrpc.client.Fault, about: str, raw: bytes) -> SourceError:
        """A fault of XML-RPC: by its number, else by the last line of the traceback."""
        text = str(error.faultString).strip()
        last = text.splitlines()[-1] if text else ""
        found = _NAME.match(last)
        name = {"3": "AccessDenied", "4": "AccessError"}.get(
            str(error.faultCode), found[1] if found else ""
        )
        detail = self._caller.masked(f"{about.partition(' ')[0]}: {last}")
        return fault_of(name, last, detail) or BugError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR), raw=raw, detail=detail
        )


def fault_of(name: str, message: str, detail: str) -> SourceError | None:
    """What an exception of Odoo, named by its class, means; None for one that is not known."""
    detail = detail[:DETAIL]
    short = name.rpartition(".")[2]
    if re.search(r'database "[^"]*" does not exist', message):
        return ConfigError(
            _("Odoo has no such database."),
            field="database",
            detail=detail,
            advice=_("Correct the name of the database."),
        )
    if short in ("Unauthorized", "AccessDenied", "SessionExpiredException"):
        return _not_let_in(detail)
    if short in ("AccessError", "Forbidden"):
        return SkipError(
            _("The key's user may not read this part of Odoo."),
            detail=detail,
            advice=_("Give the user of the key the right to read it."),
        )
    if short in _PASSING:
        return RetryError(
            filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
            detail=detail,
            advice=LATER,
        )
    if short == "NotFound" or ("Object" in message and "doesn't exist" in message):
        return ConfigError(
            _("Odoo does not have this part: its module is not installed."),
            field="orders_from",
            detail=detail,
            advice=_("Install the module in Odoo, or choose other orders in this source."),
        )
    if short in ("ValueError", "KeyError", "TypeError", "UserError", "ValidationError"):
        return ConfigError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR), detail=detail
        )
    return None


def _not_let_in(detail: str) -> AuthError:
    return AuthError(
        filled(_("%(vendor)s does not let us in."), vendor=VENDOR),
        detail=detail,
        advice=_("The key may have run out: make a new one in Odoo and enter it."),
    )


def _unreadable(answer: http.Answer, error: Exception) -> SourceError:
    start = answer.body[:DETAIL].decode(errors="replace").strip()
    if not start:
        return RetryError(filled(_("%(vendor)s sent an empty answer."), vendor=VENDOR))
    if "html" in answer.content_type or start.lower().startswith("<!doctype html"):
        return BugError(
            filled(_("%(vendor)s answered with a web page instead of data."), vendor=VENDOR),
            raw=answer.body,
            detail=start,
            advice=_("Check the address; a sign-in page or a protection page may stand before it."),
        )
    if isinstance(error, xml_rpc.Unreadable) and error.is_cut_off:
        return RetryError(
            filled(_("The answer of %(vendor)s was cut off."), vendor=VENDOR),
            detail=answer.body[-DETAIL:].decode(errors="replace"),
        )
    return BugError(
        filled(_("The answer of %(vendor)s is not readable."), vendor=VENDOR),
        raw=answer.body,
        detail=f"{error}: {start}"[:DETAIL],
    )
