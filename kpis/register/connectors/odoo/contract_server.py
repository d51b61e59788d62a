"""Odoo as it answers: the database of the tea shop by JSON-2 and by XML-RPC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import ClassVar

from kpis.register.connectors.crm_play import (
    ZONE,
    ShopLead,
    add,
    deals_truth,
    enquiries_truth,
    leads_around,
    leads_created,
)
from kpis.register.connectors.odoo import xml_rpc
from kpis.register.connectors.odoo.contract_rows import (
    STAGES,
    Row,
    lead_row,
    meets,
    sale_row,
    xml_answer,
    xml_fault,
)
from kpis.simulator.company import FIRST_DAY
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

KEY, DATABASE, LOGIN, UID = "play-odoo-api-key", "north-tea", "marketing@tea.example", 17
_WERKZEUG, _ODOO = "werkzeug.exceptions", "odoo.exceptions"
Faults = frozenset[str]
Wrong = tuple[int, str, str]


class OdooPlay(Play):
    """One database of an Odoo that speaks both protocols."""

    kind: ClassVar[str] = "odoo"
    vendor: ClassVar[str] = "Odoo"
    own_faults: ClassVar[Mapping[str, str]] = {
        "duplicated_row": "a page begins with the last row of the one before",
        "total_changes": "a row leaves the list while it is read: the first total is one too many",
        "lost_row": "a page has one row less than was counted",
        "restated_day": "the amounts have grown by 9 %",
        "vanished_row": "every fifth row has been deleted",
        "null_metric": "the amount of the first row of a page is empty",
        "new_field": "every row has a field nobody has agreed on",
        "renamed_field": "the amount of a lead has another name",
        "access_error": "the user of the key may not read leads",
        "no_module": "the module of sales is not installed",
        "old_version": "the reason of loss has its older name, sales orders no margin",
        "entity_bomb": "the XML defines an entity",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.counted: set[str] = set()

    def source_settings(self) -> dict[str, object]:
        """By JSON-2."""
        return {
            "base_url": self.stage.url(),
            "protocol": "json2",
            "database": DATABASE,
            "login": LOGIN,
            "key_expires": "2026-05-01",
            "zone": "Europe/Moscow",
            "currency": "RUB",
            "orders_from": "leads",
            "deal_day": "won",
            "contacts": True,
            "junk": "Спам",
            "qualified": "",
        }

    def source_secrets(self) -> dict[str, str]:
        """The key."""
        return {"api_key": KEY}

    def answer(self, request: Request, faults: Faults) -> Reply:
        """A method of a model, by either protocol."""
        if request.path.startswith("/xmlrpc/2/"):
            return self._xml(request, faults)
        parts = request.path.strip("/").split("/")
        if len(parts) != 4 or parts[:2] != ["json", "2"]:
            return self._wrong(request, (404, f"{_WERKZEUG}.NotFound", "Not Found"))
        if request.headers.get("authorization") != f"bearer {KEY}":
            return self.token_expired(request)
        if request.headers.get("x-odoo-database", DATABASE) != DATABASE:
            said = f'FATAL:  database "{request.headers["x-odoo-database"]}" does not exist'
            return self._wrong(request, (500, "psycopg2.OperationalError", said))
        result = self._call(parts[2], parts[3], request.json(), faults)
        return self._wrong(request, result) if isinstance(result, tuple) else Reply.of(result)

    def error_body(self, request: Request) -> Reply:
        """Two transactions have met."""
        said = "could not serialize access due to concurrent update"
        return self._wrong(request, (500, "psycopg2.errors.SerializationFailure", said))

    def token_expired(self, request: Request) -> Reply:
        """As any bad key is told."""
        if "/common" in request.path:
            return Reply(200, xml_answer(False), "text/xml")
        return self._wrong(request, (401, f"{_WERKZEUG}.Unauthorized", "Invalid apikey"))

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """Enquiries by their day, opportunities by the day they were closed, both by team."""
        leads = leads_created(self.stage, first, last)
        truth = enquiries_truth(leads, "pipeline:{}", forms=False, good=frozenset({"won"}))
        around = leads_around(self.stage, first, last)
        return truth | deals_truth(around, first, last, "pipeline:{}")

    def sales_truth(self, first: dt.date, last: dt.date) -> Truth:
        """The same where sales orders are the orders."""
        truth = self.truth(first, last)
        for lead in leads_around(self.stage, first, last):
            if lead.state == "won" and lead.closed:
                day = lead.closed.astimezone(ZONE).date()
                if first <= day <= last:
                    margin = (lead.amount / 4).quantize(Decimal("0.01"), "ROUND_HALF_UP")
                    add(truth, "gross_margin", f"pipeline:{lead.pipeline}", day, margin)
        return truth

    def _xml(self, request: Request, faults: Faults) -> Reply:
        arguments, method = xml_rpc.read(request.body)
        if "entity_bomb" in faults:
            bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><methodResponse/>'
            return Reply(200, bomb, "text/xml")
        if method == "authenticate":
            good = list(arguments[:3]) == [DATABASE, LOGIN, KEY]
            return Reply(200, xml_answer(UID if good else False), "text/xml")
        database, uid, key, model, name, given, named = arguments
        if database != DATABASE:
            said = f'FATAL:  database "{database}" does not exist'
            return self._wrong(request, (500, "psycopg2.OperationalError", said))
        if (uid, key) != (UID, KEY):
            return self._wrong(request, (401, f"{_ODOO}.AccessDenied", "Access Denied"))
        first = {"fields_get": "allfields"}.get(name, "domain")
        result = self._call(model, name, {first: given[0], **named}, faults)
        if isinstance(result, tuple):
            return self._wrong(request, result)
        return Reply(200, xml_answer(result), "text/xml")

    def _wrong(self, request: Request, wrong: Wrong) -> Reply:
        """The refusal as the protocol of the request words it."""
        status, name, message = wrong
        if request.path.startswith("/xmlrpc/"):
            code = {"AccessDenied": 3, "AccessError": 4}.get(name.rpartition(".")[2], 1)
            text = f"Traceback (most recent call last):\n  …\n{name}: {message}\n"
            return Reply(200, xml_fault(code, text), "text/xml")
        body: Row = {
            "name": name,
            "message": message,
            "arguments": [message],
            "context": {},
            "debug": "Traceback (most recent call last): …",
        }
        return Reply.of(body, status)

    def _call(
        self, model: str, method: str, given: Mapping[str, object], faults: Faults
    ) -> object | Wrong:
        if model == "crm.lead" and "access_error" in faults:
            return 403, f"{_ODOO}.AccessError", "You are not allowed to access 'Lead' records."
        if model == "sale.order" and "no_module" in faults:
            return 404, f"{_WERKZEUG}.NotFound", "the model 'sale.order' does not exist"
        if method == "fields_get":
            wanted = given.get("allfields")
            return self._fields(model, wanted if isinstance(wanted, list) else [], faults)
        domain = given.get("domain")
        if model == "crm.stage":
            return [row for row in STAGES if meets(row, domain)]
        rows = self._rows(model, domain, faults)
        if method == "search_count":
            about = f"{model} {domain}"
            more = "total_changes" in faults and about not in self.counted
            self.counted.add(about)
            return len(rows) + more
        if method != "search_read":
            return 404, f"{_WERKZEUG}.NotFound", method
        page = rows[: int(str(given.get("limit", 80)))]
        if "lost_row" in faults and len(page) > 1:
            del page[1]
        if "duplicated_row" in faults and isinstance(domain, list) and domain[-1][2]:
            page = [*self._rows(model, [*domain[:-1], ["id", "=", domain[-1][2]]], faults), *page]
        fields = given.get("fields")
        names = [str(name) for name in fields] if isinstance(fields, list) else []
        for name in names:
            if page and name not in page[0] and name != "id":
                return 500, "builtins.ValueError", f"Invalid field '{name}' on '{model}'"
        sent = [{name: row[name] for name in ["id", *names]} for row in page]
        return self._spoiled(sent, faults)

    def _fields(self, model: str, names: list[object], faults: Faults) -> Row:
        makes: dict[str, Callable[[ShopLead], Row | None]] = {
            "crm.lead": lead_row,
            "sale.order": sale_row,
        }
        make = makes.get(model)
        day = FIRST_DAY
        rows = (make(lead) for lead in leads_created(self.stage, day, day)) if make else iter(())
        there = set(next((row for row in rows if row), {"login": 1}))
        if "renamed_field" in faults:
            there -= {"expected_revenue", "amount_total"}
        if "old_version" in faults:
            there = there - {"lost_reason_id", "margin"} | {"lost_reason"}
        return {str(name): {"type": "char"} for name in names if name in there}

    def _rows(self, model: str, domain: object, faults: Faults) -> list[Row]:
        rows: list[Row] = []
        for lead in self._around(domain):
            row = lead_row(lead) if model == "crm.lead" else sale_row(lead)
            if row is not None:
                if "old_version" in faults:
                    row["lost_reason"] = row.get("lost_reason_id", False)
                rows.append(row)
        rows = [row for row in rows if meets(row, domain)]
        if "vanished_row" in faults:
            rows = [row for row in rows if int(str(row["id"])) % 5]
        return sorted(rows, key=lambda row: int(str(row["id"])))

    def _around(self, domain: object) -> Iterable[ShopLead]:
        """The leads that could meet the conditions."""
        days = [
            dt.date.fromisoformat(str(condition[2])[:10])
            for condition in (domain if isinstance(domain, list) else [])
            if "date" in condition[0]
        ]
        if days:
            return leads_around(self.stage, min(days), max(days) + dt.timedelta(days=1))
        return leads_created(self.stage, FIRST_DAY, self.stage.now().astimezone(ZONE).date())

    def _spoiled(self, rows: list[Row], faults: Faults) -> list[Row]:
        for place, row in enumerate(rows):
            for name in ("expected_revenue", "amount_total"):
                amount = row.get(name)
                if isinstance(amount, Decimal) and "restated_day" in faults:
                    row[name] = (amount * 109 / 100).quantize(Decimal("0.01"))
                if "null_metric" in faults and place == 0 and name in row:
                    row[name] = False
            if "new_field" in faults:
                row["x_studio_mood"] = "good"
        return rows


PLAY = OdooPlay
