"""Bitrix24 as it answers: the portal of the tea shop, its rows and its refusals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from kpis.register.connectors.bitrix24.contract_filters import (
    CONDITION,
    Row,
    filter_of,
    list_of,
    meets,
    nested,
    selected,
)
from kpis.register.connectors.bitrix24.contract_rows import (
    OWN_FAULTS,
    STATUSES,
    call_rows,
    contact_row,
    deal_row,
    lead_row,
    spoiled,
)
from kpis.register.connectors.crm_play import (
    PIPELINES,
    ZONE,
    ShopLead,
    deals_truth,
    enquiries_truth,
    leads_around,
    leads_created,
)
from kpis.register.connectors.telephony_play import calls_of, truth_of
from kpis.simulator.company import FIRST_DAY
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

USER, CODE = 7, "play-webhook-code-24"
CLIENT, CLIENT_KEY = "app.play", "play-client-key-24"
PAGE = 50
Faults = frozenset[str]


class Bitrix24Play(Play):
    """One portal, by webhook and as an application with tokens that rotate."""

    kind: ClassVar[str] = "bitrix24"
    vendor: ClassVar[str] = "Bitrix24"
    own_faults: ClassVar[Mapping[str, str]] = OWN_FAULTS

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.refreshed = 0
        self.dead = ""
        self.counts: dict[str, int] = {}

    def source_settings(self) -> dict[str, object]:
        """By webhook."""
        return {
            "base_url": self.stage.url(),
            "zone": "Europe/Moscow",
            "leads": True,
            "calls": True,
            "contacts": True,
            "deal_day": "won",
            "currency": "RUB",
            "junk": "JUNK",
            "qualified": "",
            "client_id": CLIENT,
            "oauth_url": self.stage.url(),
        }

    def source_secrets(self) -> dict[str, str]:
        """The webhook."""
        return {"webhook": f"{self.stage.url()}/rest/{USER}/{CODE}/"}

    @property
    def refresh_token(self) -> str:
        """The one refresh token that is good now."""
        return f"refresh-{self.refreshed}-of-the-tea-shop"

    @property
    def access_token(self) -> str:
        """The one access token that is good now."""
        return f"access-{self.refreshed}-of-the-tea-shop"

    def answer(self, request: Request, faults: Faults) -> Reply:
        """A method, or the pair of tokens."""
        if request.path.startswith("/oauth/token"):
            return self._tokens(request.query)
        found = re.fullmatch(r"/rest/(?:(\d+)/([^/]+)/)?([\w.]+?)(?:\.json)?", request.path)
        if not found:
            return self._error(404, "NOT_FOUND", "Not found")
        params = request.json()
        if found[2] is None:
            if params.get("auth") != self.access_token or self.dead == self.access_token:
                return self.token_expired(request)
        elif (found[1], found[2]) != (str(USER), CODE):
            return self._error(401, "INVALID_CREDENTIALS", "Invalid request credentials")
        if "token_expires_midway" in faults and params.get("start") == -1 and not self.dead:
            self.dead = self.access_token
            return self.token_expired(request)
        if "overload" in faults:
            return self._error(503, "OVERLOAD_LIMIT", "REST API is blocked due to overload.")
        method = found[3]
        if method == "batch":
            return self._batch(params, faults)
        return self._envelope(self._method(method, params, faults))

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """With a hint it is the method's working time, without the bucket that is full."""
        if seconds is None:
            return self._error(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")
        reset = int(self.stage.now().timestamp()) + seconds
        body = {
            "error": "OPERATION_TIME_LIMIT",
            "error_description": "Method is blocked due to operation time limit.",
            "time": {"operating": 481, "operating_reset_at": reset},
        }
        return Reply.of(body, 429)

    def error_body(self, request: Request) -> Reply:
        """A fault of the vendor's own."""
        return self._error(500, "INTERNAL_SERVER_ERROR", "Internal server error")

    def token_expired(self, request: Request) -> Reply:
        """As an application is told."""
        return self._error(401, "expired_token", "The access token provided has expired.")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """Enquiries by their day, deals by the day they were closed, calls by line."""
        company = f"company:{urlsplit(self.stage.url()).hostname}"
        leads = leads_created(self.stage, first, last)
        good = frozenset({"work", "won", "lost"})
        truth = enquiries_truth(leads, company, forms=True, good=good)
        around = leads_around(self.stage, first, last)
        truth |= deals_truth(around, first, last, "pipeline:{}")
        calls = [call for day in self.days(first, last) for call in calls_of(self.stage, day, ZONE)]
        return truth | truth_of(calls)

    def _method(self, method: str, params: Mapping[str, object], faults: Faults) -> Row | Reply:
        match method:
            case "profile":
                return {"result": {"ID": str(USER), "NAME": "Мария", "LAST_NAME": "Чай"}}
            case "crm.category.list":
                rows = [
                    {"id": key, "name": name} for key, name in {0: "Общая", **PIPELINES}.items()
                ]
                return {"result": {"categories": rows}, "total": len(rows)}
            case "crm.status.list":
                kind = filter_of(params).get("ENTITY_ID")
                found = [row for row in STATUSES if kind in (None, row["ENTITY_ID"])]
                if "removed_stage" in faults and str(kind).startswith("DEAL_STAGE"):
                    found = []
                return {"result": found, "total": len(found)}
            case "crm.item.list":
                return self._items(params, faults)
            case "voximplant.statistic.get":
                return self._calls(params, faults)
        return self._error(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")

    def _items(self, params: Mapping[str, object], faults: Faults) -> Row | Reply:
        if "no_scope" in faults:
            return self._error(403, "insufficient_scope", "The request requires higher privileges")
        entity = int(str(params.get("entityTypeId", 0)))
        conditions = filter_of(params)
        for name in conditions:
            field = CONDITION.fullmatch(name)
            if not field or field[2] not in _FILTERABLE:
                said = f"Invalid filter: field '{name}' is not allowed in filter"
                return self._error(400, "INVALID_ARG_VALUE", said)
        rows = sorted(self._rows(entity, conditions), key=lambda row: int(str(row["id"])))
        rows = [row for row in rows if all(meets(row, *pair) for pair in conditions.items())]
        if "vanished_row" in faults and entity != 3:
            rows = [row for row in rows if int(str(row["id"])) % 5]
        page = rows[:PAGE]
        counted = params.get("start") != -1
        extra: Row = {}
        if counted:
            extra["total"] = len(rows)
            if len(rows) > PAGE:
                extra["next"] = PAGE
            about = f"{entity} {conditions}"
            if "total_changes" in faults and about not in self.counts:
                extra["total"] = len(rows) + 1
            self.counts[about] = 1
        if "lost_row" in faults and len(page) > 1:
            del page[1]
        if "duplicated_row" in faults and not counted:
            before = [
                row
                for row in self._rows(entity, conditions)
                if str(row["id"]) == str(conditions.get(">id"))
            ]
            page = [*before, *page]
        select = [str(name) for name in list_of(params.get("select"))]
        sent = [selected(row, select) for row in page]
        return {"result": {"items": spoiled(sent, faults)}, **extra}

    def _rows(self, entity: int, conditions: Mapping[str, object]) -> Iterator[Row]:
        if entity == 3:
            for key in list_of(conditions.get("@id")):
                yield contact_row(int(str(key)))
            return
        make: Callable[[ShopLead], Row | None] = lead_row if entity == 1 else deal_row
        for lead in self._around(conditions):
            row = make(lead)
            if row is not None:
                yield row

    def _around(self, conditions: Mapping[str, object]) -> Iterable[ShopLead]:
        """The leads that could meet the conditions."""
        moments = [
            dt.datetime.fromisoformat(str(value)).astimezone(ZONE).date()
            for name, value in conditions.items()
            if name.endswith(("Time", "closedate"))
        ]
        if moments:
            return leads_around(self.stage, min(moments), max(moments))
        return leads_created(self.stage, FIRST_DAY, self.stage.now().astimezone(ZONE).date())

    def _calls(self, params: Mapping[str, object], faults: Faults) -> Row | Reply:
        if "no_calls" in faults:
            return self._error(403, "ACCESS_DENIED", "Access denied!")
        conditions = params.get("FILTER")
        rows = call_rows(self.stage, conditions if isinstance(conditions, dict) else {})
        start = int(str(params.get("start", 0)))
        page = rows[start : start + PAGE]
        answer: Row = {"result": page, "total": len(rows)}
        if start + PAGE < len(rows):
            answer["next"] = start + PAGE
        return answer

    def _batch(self, params: Mapping[str, object], faults: Faults) -> Reply:
        commands = params.get("cmd")
        results: Row = {}
        errors: Row = {}
        following: Row = {}
        for place, (name, line) in enumerate(
            commands.items() if isinstance(commands, dict) else ()
        ):
            method, _mark, query = str(line).partition("?")
            answer = self._method(method, nested(query), faults)
            if "failed_command" in faults and place == 0:
                errors[name] = {
                    "error": "INTERNAL_SERVER_ERROR",
                    "error_description": "Internal server error",
                }
            elif isinstance(answer, Reply):
                errors[name] = {"error": "ERROR_METHOD_NOT_FOUND", "error_description": method}
            else:
                results[name] = answer["result"]
                if "next" in answer:
                    following[name] = answer["next"]
        # An empty object of PHP is sent as a list.
        inner: Row = {
            "result": results or [],
            "result_error": errors or [],
            "result_total": [],
            "result_next": following or [],
            "result_time": [],
        }
        return self._envelope({"result": inner})

    def _tokens(self, query: Mapping[str, str]) -> Reply:
        wanted = (CLIENT, CLIENT_KEY, self.refresh_token)
        if (
            query.get("client_id"),
            query.get("client_secret"),
            query.get("refresh_token"),
        ) != wanted:
            return self._error(400, "invalid_grant", "The refresh token is not valid")
        self.refreshed += 1
        return Reply.of(
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_in": 3600,
                "member_id": "play",
                "scope": "crm,telephony",
                "status": "L",
            }
        )

    def _envelope(self, answer: Row | Reply) -> Reply:
        if isinstance(answer, Reply):
            return answer
        reset = int(self.stage.now().timestamp()) + 600
        return Reply.of({**answer, "time": {"operating": 0, "operating_reset_at": reset}})

    def _error(self, status: int, code: str, said: str) -> Reply:
        return Reply.of({"error": code, "error_description": said}, status)


_FILTERABLE = {"id", "createdTime", "updatedTime", "movedTime", "closedate"}
PLAY = Bitrix24Play
