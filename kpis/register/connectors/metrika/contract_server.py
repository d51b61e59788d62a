"""Yandex Metrika as it answers about the tea shop's counter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from kpis.register.connectors.metrika.play_logs import Logs
from kpis.register.connectors.metrika.play_table import (
    BOUNCES,
    CAMPAIGN,
    CURRENCY,
    DAY,
    GOALS,
    Line,
    body_of,
    error,
    grown,
    lines_of,
    refused,
)
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

COUNTER = "98765432"
TOKEN = "y0_invented-metrika-token"  # noqa: S105  opens invented figures only
_SITE = f"site:{COUNTER}"
_NAMES = {
    "sessions": ("ym:s:visits",),
    "users": ("ym:s:users",),
    "new_users": ("ym:s:newUsers",),
    "page_actions": ("ym:s:pageviews",),
    "goal_completions": tuple(f"ym:s:goal{goal}reaches" for goal in GOALS),
    "orders": ("ym:s:ecommercePurchases",),
    "revenue": (f"ym:s:ecommerce{CURRENCY}ConvertedRevenue",),
    "items_sold": ("ym:s:productPurchasedQuantity",),
}
_QUOTAS = {
    "parallel_limit": "quota_parallel_requests",
    "ip_limit": "quota_requests_by_ip",
    "counter_limit": "quota_requests_by_counter_id",
}
_ZERO = Decimal(0)
_ELSEWHERE = "Pacific/Honolulu"


class MetrikaPlay(Play):
    """One counter with two goals, e-commerce and raw visits."""

    kind: ClassVar[str] = "metrika"
    vendor: ClassVar[str] = "Yandex Metrika"
    own_faults: ClassVar[Mapping[str, str]] = {
        "parallel_limit": "429: more than three requests at once",
        "ip_limit": "429: too many requests from this address",
        "counter_limit": "429: the counter's requests of this day are used up",
        "no_access": "403: the login may not see the counter",
        "bad_question": "400: the question is not understood",
        "backend_timeout": "504 with the vendor's own error",
        "too_much_rows": "more than two days at once are refused",
        "always_too_much_rows": "every range is refused",
        "counter_deleted": "the counter has been deleted",
        "token_dies_midway": "the token dies between the first page and the second",
        "duplicated_row": "a page (or part of a file) repeats a row of the one before",
        "shifted_row": "rows shift while paging: some are never sent",
        "total_changes": "the number of rows grows while paging",
        "restated_day": "the last day asked grows by 9 % on the second read",
        "vanished_row": "the last row is gone on the second read",
        "null_metric": "the first figure of the last row (of a file: of the first) is missing",
        "new_field": "rows have a field nobody has agreed on",
        "renamed_field": "the rows' figures have another name",
        "other_question": "the answer is about another figure than asked for",
        "other_zone": "the counter's clock is in another zone",
        "sampled": "the answer is computed from a sample",
        "sensitive": "groups of fewer than ten visitors are hidden",
        "rounded_total": "the number of rows is rounded",
        "empty_table": "no rows at all",
        "logs_queued": "a file of raw visits is never ready",
        "logs_failed": "a file of raw visits cannot be prepared",
        "logs_too_old": "a ready file is cleaned up before it was read",
        "logs_full": "there is no room for files of raw visits",
        "log_gone": "a listed file is not found",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.logs = Logs(stage, self._visits)
        self._asked: dict[str, int] = {}

    def source_settings(self) -> dict[str, object]:
        """A counter with everything switched on."""
        return {
            "base_url": self.stage.url(),
            "counter_id": COUNTER,
            "goals": ",".join(GOALS),
            "ecommerce": True,
            "currency": CURRENCY,
            "campaigns": True,
            "logs": True,
            "login": "severny-chai",
        }

    def source_secrets(self) -> dict[str, str]:
        """The owner's token."""
        return {"token": TOKEN}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """Reports, the counter's settings and the Logs API."""
        if request.headers.get("authorization") != f"OAuth {TOKEN}":
            return self.token_expired(request)
        for fault, kind in _QUOTAS.items():
            if fault in faults:
                return error(429, kind, "Quota exceeded")
        if "no_access" in faults:
            return error(403, "access_denied", "Access is denied")
        if "backend_timeout" in faults:
            return error(504, "timeout", "Query is executed for too long")
        if request.path == "/stat/v1/data":
            return self._data(request, faults)
        base = f"/management/v1/counter/{COUNTER}"
        if not request.path.startswith("/management/v1/counter/"):
            return error(404, "not_found", "Entity not found")
        if not f"{request.path}/".startswith(f"{base}/"):
            return error(403, "access_denied", "Access is denied")
        rest = [part for part in request.path.removeprefix(base).split("/") if part]
        if rest == ["goals"]:
            return Reply.of({"goals": [{"id": int(n), "name": name} for n, name in GOALS.items()]})
        return self.logs.answer(request, rest, faults) if rest else self._counter(faults)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """The login's requests of the day are used up; a hint comes in a header."""
        message = "Превышена квота на количество запросов пользователя"
        if seconds is None:
            return error(429, "quota_requests_by_uid", message)
        return error(429, "quota_requests_by_uid", message, Retry_After=str(seconds))

    def unavailable(self, request: Request) -> Reply:
        """Down for a while."""
        return error(503, "backend_error", "Backend is not available")

    def error_body(self, request: Request) -> Reply:
        """The envelope with a good status: the body counts."""
        reply = error(503, "backend_error", "Backend is not available")
        return Reply(200, reply.body, reply.content_type)

    def token_expired(self, request: Request) -> Reply:
        """The token is no longer good; some gateways repeat what was sent."""
        sent = request.headers.get("authorization", "").removeprefix("OAuth ")
        return error(401, "invalid_token", f"Invalid oauth_token {sent}")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """The site's figures, bounces, campaigns and seconds on the site."""
        truth: Truth = {}
        for day in self.days(first, last):
            for _key, values in self._lines(day, (DAY,), ""):
                for code, names in _NAMES.items():
                    truth[code, _SITE, day] = sum((values[name] for name in names), start=_ZERO)
            for _key, values in self._lines(day, (DAY,), BOUNCES):
                truth["bounces", _SITE, day] = values["ym:s:visits"]
            for (_day, *utm), values in self._lines(day, CAMPAIGN, ""):
                if utm[2]:
                    key = "/".join([COUNTER, *(part or "" for part in utm)])
                    truth["campaign_sessions", f"campaign:{key}", day] = values["ym:s:visits"]
            seconds = sum(self.logs.seconds(day, visit) for visit in range(self._visits(day)))
            truth["session_seconds", _SITE, day] = _ZERO + seconds
        return truth

    def _today(self) -> dt.date:
        return self.stage.now().astimezone(ZoneInfo(self.time_zone)).date()

    def _lines(self, day: dt.date, dimensions: tuple[str, ...], filters: str) -> list[Line]:
        return lines_of(self.stage, day, dimensions, filters, today=self._today())

    def _visits(self, day: dt.date) -> int:
        lines = self._lines(day, (DAY,), "")
        return int(lines[0][1]["ym:s:visits"]) if lines else 0

    def _counter(self, faults: frozenset[str]) -> Reply:
        return Reply.of(
            {
                "counter": {
                    "id": int(COUNTER),
                    "status": "Deleted" if "counter_deleted" in faults else "Active",
                    "name": "Северный чай",
                    "site2": {"site": "severny-chai.example"},
                    "time_zone_name": _ELSEWHERE if "other_zone" in faults else self.time_zone,
                    "create_time": "2023-12-01T12:00:00+03:00",
                }
            }
        )

    def _data(self, request: Request, faults: frozenset[str]) -> Reply:
        sample = lines_of(self.stage, self.first_day, (DAY,), "", today=self._today())
        refusal = refused(request, COUNTER, {*sample[0][1]})
        if refusal is not None:
            return refusal
        query = request.query
        first, last = (dt.date.fromisoformat(query[name]) for name in ("date1", "date2"))
        offset, limit = int(query.get("offset", "1")) - 1, int(query.get("limit", "100"))
        if "bad_question" in faults:
            return error(400, "query_error", "Wrong query")
        wide = "too_much_rows" in faults and (last - first).days > 1
        if wide or "always_too_much_rows" in faults:
            return error(400, "too_much_rows", "Too many rows, narrow the range")
        if "token_dies_midway" in faults and offset:
            return self.token_expired(request)
        lines = [
            line
            for day in self.days(first, min(last, self._today()))
            for line in self._lines(
                day, tuple(query["dimensions"].split(",")), query.get("filters", "")
            )
        ]
        if query.get("include_undefined") != "true":
            lines = [line for line in lines if None not in line[0]]
        again = self._again(request)
        if "restated_day" in faults and again:
            lines = [grown(line) if line[0][0] == str(last) else line for line in lines]
        if "vanished_row" in faults and again:
            lines = lines[:-1]
        if "empty_table" in faults:
            lines = []
        total = len(lines) + (1 if "total_changes" in faults and offset else 0)
        if "rounded_total" in faults:
            total = -(-total // 10) * 10
        start = offset + 1 if "shifted_row" in faults and offset else offset
        page = lines[start : start + limit]
        if "duplicated_row" in faults and offset and page:
            page = [lines[offset - 1], *page]
        return Reply.of(body_of(request, page, total=total, counter=COUNTER, faults=faults))

    def _again(self, request: Request) -> bool:
        self._asked[request.query_string] = self._asked.get(request.query_string, 0) + 1
        return self._asked[request.query_string] > 1


PLAY = MetrikaPlay
