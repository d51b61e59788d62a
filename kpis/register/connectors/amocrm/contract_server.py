"""amoCRM as it answers: the account of the tea shop, its lists and its refusals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from kpis.register.connectors.amocrm.contract_rows import (
    ACCOUNT,
    Row,
    contact_row,
    event_row,
    lead_row,
    list_of,
    pipeline_row,
    price,
    problem,
)
from kpis.register.connectors.crm_play import (
    PIPELINES,
    ZONE,
    ShopLead,
    deals_truth,
    enquiries_truth,
    lead_numbered,
    leads_around,
    leads_created,
)
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

# An invented token; its middle says that it is good until 1 May 2026.
LONG_TOKEN = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3Nzc1ODI4MDB9.c2lnbmVk"  # noqa: S105
CLIENT, CLIENT_KEY, REDIRECT = "play-integration", "play-integration-key", "https://tea.example/"
_BOUND = re.compile(r"filter\[(\w+)\]\[(from|to)\]")
Faults = frozenset[str]


class AmocrmPlay(Play):
    """One account, by a long-lived token or by a pair that rotates."""

    kind: ClassVar[str] = "amocrm"
    vendor: ClassVar[str] = "amoCRM"
    own_faults: ClassVar[Mapping[str, str]] = {
        "mass_change": "every lead was changed in the same second",
        "duplicated_row": "a page begins with the last row of the one before",
        "total_changes": "after the first page its first lead changes and leaves the list",
        "restated_day": "the budgets have grown by 9 %",
        "vanished_row": "every fifth lead has been deleted",
        "returned_row": "every fifth lead was deleted and brought back",
        "null_metric": "the budget of the first lead of a page is null",
        "new_field": "every lead has a field nobody has agreed on",
        "renamed_field": "the budget has another name",
        "token_expires_midway": "the access token expires between two pages",
        "blocked": "this server's address is blocked",
        "not_paid": "the account is not paid for",
        "wrong_filter": "a filter is refused",
        "no_leads": "the lists are empty: 204 without a body",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.refreshed = 0
        self.dead = ""
        self.asked = 0

    def source_settings(self) -> dict[str, object]:
        """By the long-lived token."""
        return {
            "base_url": self.stage.url(),
            "zone": "Europe/Moscow",
            "deal_day": "won",
            "contacts": True,
            "junk": "Спам",
            "qualified": "Переговоры",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
        }

    def source_secrets(self) -> dict[str, str]:
        """The long-lived token."""
        return {"long_token": LONG_TOKEN}

    @property
    def refresh_token(self) -> str:
        """The one refresh token that is good now."""
        return f"refresh-{self.refreshed}-of-the-tea-shop"

    @property
    def access_token(self) -> str:
        """The one access token that is good now."""
        return f"access-{self.refreshed}-of-the-tea-shop"

    def answer(self, request: Request, faults: Faults) -> Reply:
        """A list, the account, or the pair of tokens."""
        if request.path == "/oauth2/access_token":
            return self._tokens(request.json())
        good = {LONG_TOKEN, self.access_token} - {self.dead}
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in good:
            return self.token_expired(request)
        if "blocked" in faults:
            return problem(403, "Forbidden", "Your IP address is blocked")
        if "not_paid" in faults:
            return problem(402, "Payment Required", "The account is not paid")
        name = request.path.removeprefix("/api/v4/")
        if name == "account":
            return Reply.of(
                {"id": ACCOUNT, "name": "Северный чай", "currency": "RUB", "country": "RU"}
            )
        if name == "leads/pipelines":
            return list_of("pipelines", [pipeline_row(key) for key in PIPELINES], None)
        if name in ("leads", "contacts", "events"):
            if "wrong_filter" in faults:
                return problem(400, "Bad Request", "Request validation failed")
            return self._listed(name, request, faults)
        return problem(404, "Not Found", name)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """Too many requests in a second."""
        reply = problem(429, "Too Many Requests", "Request limit exceeded")
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Reply(reply.status, reply.body, reply.content_type, headers)

    def error_body(self, request: Request) -> Reply:
        """A fault of the vendor's own."""
        return problem(500, "Internal Server Error", "Try again later")

    def token_expired(self, request: Request) -> Reply:
        """As any bad token is told."""
        return problem(401, "Unauthorized", "Invalid or expired access token")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """Enquiries by their day, orders by the day the lead was closed, both by pipeline."""
        truth = enquiries_truth(
            leads_created(self.stage, first, last),
            "pipeline:{}",
            forms=False,
            good=frozenset({"work", "won"}),
        )
        around = leads_around(self.stage, first, last)
        return truth | deals_truth(around, first, last, "pipeline:{}", price)

    def _listed(self, name: str, request: Request, faults: Faults) -> Reply:
        query = request.query
        limit, page = int(query.get("limit", "50")), int(query.get("page", "1"))
        if "no_leads" in faults:
            return Reply(204)
        if name == "leads":
            self.asked += 1
            if "token_expires_midway" in faults and self.asked == 2:
                self.dead = self.access_token
                return self.token_expired(request)
        rows = self._rows(name, query, faults)
        start = (page - 1) * limit
        sent = rows[start : start + limit]
        if "duplicated_row" in faults and start and name == "leads":
            sent = [rows[start - 1], *sent]
        if not sent:
            return Reply(204)
        following = f"{self.stage.url()}/api/v4/{name}?page={page + 1}"
        return list_of(name, sent, following if start + limit < len(rows) else None, page)

    def _rows(self, name: str, query: Mapping[str, str], faults: Faults) -> list[Row]:
        ids = [int(value) for key, value in query.items() if key.startswith("filter[id]")]
        if name == "contacts":
            return [contact_row(number) for number in ids] or [contact_row(1)]
        if name == "events":
            if not faults & {"vanished_row", "returned_row"}:
                return []
            return [event_row(lead) for lead in self._within(query, faults) if lead.number % 5 == 0]
        if ids:
            found = [lead_numbered(self.stage, number) for number in ids]
            leads: Iterable[ShopLead] = [lead for lead in found if lead]
        else:
            leads = self._within(query, faults)
        rows = [lead_row(lead) for lead in leads]
        if "vanished_row" in faults:
            rows = [row for row in rows if int(str(row["id"])) % 5]
        order = next((key[6:-1] for key in query if key.startswith("order[")), "id")
        if "mass_change" in faults and order == "updated_at":
            second = int(query["filter[updated_at][to]"]) - 60
            rows = [{**row, "updated_at": second} for row in rows]
            if second < int(query["filter[updated_at][from]"]):
                rows = []
        if "total_changes" in faults and self.asked > 1 and not ids:
            first = min(rows, key=lambda row: int(str(row["updated_at"])), default=None)
            rows = [row for row in rows if row is not first]
        rows.sort(key=lambda row: (int(str(row[order])), int(str(row["id"]))))
        for place, row in enumerate(rows):
            if "restated_day" in faults:
                row["price"] = int(str(row["price"])) * 109 // 100
            if "null_metric" in faults and place == 0:
                row["price"] = None
            if "renamed_field" in faults:
                row["budget"] = row.pop("price")
            if "new_field" in faults:
                row["ai_score"] = 5
        return rows

    def _within(self, query: Mapping[str, str], faults: Faults) -> list[ShopLead]:
        """The leads between the moments of the filter."""
        bounds: dict[str, dict[str, int]] = {}
        for key, value in query.items():
            found = _BOUND.fullmatch(key)
            if found:
                bounds.setdefault(found[1], {})[found[2]] = int(value)
        if not bounds:
            today = self.stage.now().astimezone(ZONE).date()
            return list(leads_created(self.stage, today - dt.timedelta(days=1), today))
        [(field, edge)] = bounds.items()
        since, until = edge["from"], edge["to"]
        first, last = (dt.datetime.fromtimestamp(at, ZONE).date() for at in (since, until))
        if "mass_change" in faults and field == "updated_at":
            # Their real moments do not matter: all of them are in the list until its last second.
            since = 0
            first = last - dt.timedelta(days=6)
        moments = {"created_at": "created", "updated_at": "updated", "closed_at": "closed"}
        return [
            lead
            for lead in leads_around(self.stage, first, last)
            if (at := getattr(lead, moments[field])) and since <= int(at.timestamp()) <= until
        ]

    def _tokens(self, given: Mapping[str, object]) -> Reply:
        wanted = {
            "client_id": CLIENT,
            "client_secret": CLIENT_KEY,
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "redirect_uri": REDIRECT,
        }
        if dict(given) != wanted:
            body: Row = {
                "hint": "Token has been revoked",
                "title": "Некорректный запрос",
                "status": 400,
                "detail": "В запросе отсутствует ряд параметров или параметры невалидны",
            }
            return Reply.of(body, 400)
        self.refreshed += 1
        return Reply.of(
            {
                "token_type": "Bearer",
                "expires_in": 86_400,
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
            }
        )


PLAY = AmocrmPlay
