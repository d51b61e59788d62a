"""VK Ads as its contract has it: tokens for a day, lists by offset, statistics by id and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from kpis.simulator.play import Play, Reply, Request, Stage, Truth

CLIENT_ID = "TeaShopReader"
CLIENT_SECRET = "client-secret-of-the-tea-shop"  # noqa: S105  opens invented figures only
MOSCOW = ZoneInfo("Europe/Moscow")
_NAMES = ("Иван-чай: охват", "Ретаргетинг", "Наборы к празднику", "Подписчики сообщества", "Клипы")
_FIRST_ID = 9_107_001
_PLANS = 23


@dataclass(frozen=True, slots=True)
class _Plan:
    number: int
    name: str
    status: str
    first: dt.date
    last: dt.date


class VkAdsPlay(Play):
    """The advertising account of the tea shop: a new campaign every six weeks or so."""

    kind: ClassVar[str] = "vk_ads"
    vendor: ClassVar[str] = "VK Ads"
    own_faults: ClassVar[Mapping[str, str]] = {
        "token_expires_midway": "the first token runs out before the statistics",
        "token_revoked": "every token is refused",
        "token_limit": "no more tokens are given",
        "token_renamed": "the answer to the sign-in has the token under another name",
        "no_rights": "403: the access has no right to this",
        "hourly_limit": "429, and the headers say that the hour is used up",
        "wrong_plan": "a campaign is not shown any more",
        "small_pages": "lists of five at most, whatever is asked for",
        "duplicated_row": "a campaign comes on two pages of the list",
        "total_changes": "a campaign goes between two pages of the list",
        "missing_item": "the answer leaves out a campaign it was asked for",
        "missing_day": "the last day of the newest campaign is not in the answer",
        "restated_day": "the last day of every campaign cost a kopeck more",
        "vanished_row": "the first campaign has no days",
        "null_metric": "goals are null",
        "new_field": "fields nobody agreed on",
        "renamed_field": "the cost has another name",
        "other_zone": "days are those of another zone: one day early",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.minted = 0

    def source_settings(self) -> dict[str, object]:
        return {
            "base_url": self.stage.url(),
            "client_id": CLIENT_ID,
            "currency": "RUB",
            "vat_included": True,
        }

    def source_secrets(self) -> dict[str, str]:
        return {"client_secret": CLIENT_SECRET}

    def limited(self, request: Request, seconds: int | None) -> Reply:
        hint = {} if seconds is None else {"Retry_After": str(seconds)}
        return _error(429, "too_many_requests", "Too many requests", **hint)

    def error_body(self, request: Request) -> Reply:
        return _error(200, "ERR_INTERNAL", "Internal error")

    def token_expired(self, request: Request) -> Reply:
        return _error(401, "expired_token", "Access token is expired")

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        if request.path == "/v2/oauth2/token.json":
            return self._sign_in(request, faults)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        number = token.removeprefix("tea-shop-access-token-")
        if not number.isdecimal() or not 0 < int(number) <= self.minted:
            return _error(401, "invalid_token", f"Unknown access token {token}")
        statistics = request.path == "/v2/statistics/ad_plans/day.json"
        if "token_revoked" in faults:
            return _error(401, "revoked_token", f"Access token {token} is revoked")
        if statistics and "token_expires_midway" in faults and int(number) == 1:
            return self.token_expired(request)
        if "no_rights" in faults:
            return _error(403, "access_denied", "Access denied")
        if "hourly_limit" in faults:
            return _error(429, "throttled", "Limit", X_RateLimit_Hourly_Remaining="0")
        if request.path == "/v2/ad_plans.json":
            return self._list(request, faults)
        if statistics:
            return self._statistics(request, faults)
        return _error(404, "unknown_resource", "Unknown resource")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        truth: Truth = {}
        yesterday = self._today() - dt.timedelta(days=1)
        for plan in self.plans():
            rows = {day: self._figures(plan, day) for day in self.days(first, min(last, yesterday))}
            if plan.status == "deleted" and not any(row["shows"] for row in rows.values()):
                continue
            for day, row in rows.items():
                for metric, name in (
                    ("impressions", "shows"),
                    ("clicks", "clicks"),
                    ("media_cost", "spent"),
                    ("goal_completions", "goals"),
                ):
                    truth[metric, f"campaign:{plan.number}", day] = Decimal(row[name])
        return truth

    def plans(self) -> list[_Plan]:
        """Every campaign begun up to now; those long over are blocked, some deleted."""
        found = []
        for index in range(_PLANS + 40):
            first = self.first_day + dt.timedelta(days=35 * index + self.stage.number(9, index))
            if first > self._today():
                break
            last = first + dt.timedelta(days=40 + self.stage.number(120, "length", index))
            status = "active" if last >= self._today() else "blocked"
            if status == "blocked" and index % 3 == 0:
                status = "deleted"
            name = f"{_NAMES[index % len(_NAMES)]} {first:%m.%Y}"
            found.append(_Plan(_FIRST_ID + 37 * index, name, status, first, last))
        return found

    def _today(self) -> dt.date:
        return self.stage.now().astimezone(MOSCOW).date()

    def _sign_in(self, request: Request, faults: frozenset[str]) -> Reply:
        form = request.form()
        known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if any(form.get(name) != value for name, value in known.items()):
            words = f"Invalid client credentials {form.get('client_secret')}"
            return Reply.of({"error": "invalid_client", "error_description": words}, 401)
        if form.get("grant_type") != "client_credentials":
            return _error(400, "invalid_request", "Unknown grant type")
        if "token_limit" in faults:
            return Reply.of({"code": "token_limit_exceeded", "message": "Active tokens: 5"}, 403)
        self.minted += 1
        name = "token" if "token_renamed" in faults else "access_token"
        return Reply.of(
            {
                name: f"tea-shop-access-token-{self.minted}",
                "refresh_token": f"tea-shop-refresh-token-{self.minted}",
                "expires_in": 86400,
                "token_type": "Bearer",
                "tokens_left": 4,
            }
        )

    def _list(self, request: Request, faults: frozenset[str]) -> Reply:
        query = request.query
        limit, offset = int(query.get("limit", 20)), int(query.get("offset", 0))
        if not 0 < limit <= 250:
            return _error(400, "ERR_WRONG_PARAMETER", "limit")
        statuses = query.get("_status__in", "active,blocked").split(",")
        plans = [plan for plan in self.plans() if plan.status in statuses]
        if "small_pages" in faults or faults & {"duplicated_row", "total_changes"}:
            limit = min(limit, 5)
        if offset and "total_changes" in faults:
            plans = plans[1:]
        start = max(offset - 1, 0) if "duplicated_row" in faults else offset
        fields = query.get("fields", "id,name").split(",")
        items: list[dict[str, object]] = []
        for plan in plans[start : start + limit]:
            known = {"id": plan.number, "name": plan.name, "status": plan.status}
            items.append({name: known[name] for name in fields if name in known})
            if "new_field" in faults:
                items[-1]["mood"] = "calm"
        return Reply.of({"count": len(plans), "offset": offset, "items": items}, 200, **_left())

    def _statistics(self, request: Request, faults: frozenset[str]) -> Reply:
        query = request.query
        if "wrong_plan" in faults:
            return _error(404, "ERR_WRONG_ADPLANS", "Wrong ad plans")
        try:
            first = dt.date.fromisoformat(query["date_from"])
            last = dt.date.fromisoformat(query["date_to"])
        except (KeyError, ValueError):
            return _error(400, "ERR_WRONG_DATE", "Wrong date")
        wanted = query.get("id", "").split(",")
        if first > last or len(wanted) > 200 or query.get("metrics") != "base":
            return _error(400, "ERR_WRONG_PARAMETER", "Wrong parameter")
        plans = [plan for plan in self.plans() if str(plan.number) in wanted]
        if "missing_item" in faults:
            plans = plans[1:]
        items = [self._item(plan, self.days(first, last), faults) for plan in plans]
        if items and "vanished_row" in faults:
            items[0] |= {"rows": [], "total": {}}
        if items and "missing_day" in faults:
            items[-1]["rows"] = list(self._rows(plans[-1], self.days(first, last), faults))[:-1]
        total = {"base": {"shows": 1}} if items else {}
        return Reply.of({"items": items, "total": total}, 200, **_left())

    def _item(self, plan: _Plan, days: list[dt.date], faults: frozenset[str]) -> dict[str, object]:
        figures = [self._figures(plan, day) for day in days]
        total = {
            "shows": sum(int(row["shows"]) for row in figures),
            "clicks": sum(int(row["clicks"]) for row in figures),
            "spent": str(sum(Decimal(row["spent"]) for row in figures)),
        }
        rows = self._rows(plan, days, faults)
        return {"id": plan.number, "rows": rows, "total": {"base": total}}

    def _rows(
        self, plan: _Plan, days: list[dt.date], faults: frozenset[str]
    ) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for day in days:
            base: dict[str, object] = {
                **self._figures(plan, day),
                "cpm": "0",
                "ctr": Decimal("0.8"),
            }
            if "restated_day" in faults and day == days[-1]:
                base["spent"] = str(Decimal(str(base["spent"])) + Decimal("0.01"))
            if "null_metric" in faults:
                base["goals"] = None
            if "renamed_field" in faults:
                base["cost"] = base.pop("spent")
            if "new_field" in faults:
                base["mood"] = 5
            shown = day - dt.timedelta(days=1) if "other_zone" in faults else day
            rows.append({"date": shown.isoformat(), "base": base})
        return rows

    def _figures(self, plan: _Plan, day: dt.date) -> dict[str, int | str]:
        """Whole counts, money in kopecks written as roubles; nothing outside the campaign."""
        if not plan.first <= day <= plan.last:
            return {"shows": 0, "clicks": 0, "spent": "0", "goals": 0}
        shows = 800 + self.stage.number(5200, "shows", plan.number, day)
        clicks = shows * (4 + self.stage.number(14, "clicks", plan.number, day)) // 1000
        kopecks = clicks * (900 + self.stage.number(1700, "price", plan.number, day))
        return {
            "shows": shows,
            "clicks": clicks,
            "spent": str(Decimal(kopecks).scaleb(-2)),
            "goals": clicks * self.stage.number(120, "goals", plan.number, day) // 1000,
        }


def _left() -> dict[str, str]:
    return {
        "X_RateLimit_Hourly_Remaining": "1990",
        "X_RateLimit_Hourly_Limit": "2000",
        "X_RateLimit_Daily_Remaining": "9800",
        "X_RateLimit_Daily_Limit": "10000",
    }


def _error(status: int, code: str, message: str, **headers: str) -> Reply:
    return Reply.of({"error": {"code": code, "message": message}}, status, **headers)


PLAY = VkAdsPlay
