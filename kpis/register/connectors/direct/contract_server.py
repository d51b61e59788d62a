"""The Reports service of Direct for the tea shop: its protocol, its refusals, its figures."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from kpis.register.connectors.direct.contract_figures import GROUPS, Group, Row, added
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

TOKEN = "direct-demo-token"  # noqa: S105  opens invented figures only
LOGIN = "severny-chai"
GOALS = ("3001", "3002")
_TSV = "text/tab-separated-values; charset=utf-8"
_VAT = Decimal("1.22")
_FIELDS = frozenset(
    "Date CampaignId CampaignName AdGroupId AdGroupName Impressions Clicks Cost Conversions".split()
)


class DirectPlay(Play):
    """One advertiser of Direct; reports are ready at once unless they are queued."""

    kind: ClassVar[str] = "direct"
    vendor: ClassVar[str] = "Yandex Direct"
    own_faults: ClassVar[Mapping[str, str]] = {
        "queued": "a report is queued (201), is being built (202), then is ready",
        "queue_full": "400, five reports are waiting already (9000)",
        "units_spent": "400, the day's points are spent (152)",
        "no_rights": "400, the token does not open this advertiser (54)",
        "wrong_goal": "400, one of the goals does not exist (4001)",
        "null_metric": "the cost of the last day asked is empty",
        "new_field": "every row has a column nobody has asked for",
        "renamed_field": "the column of the cost has another name",
        "duplicated_row": "the first row is given twice and counted twice",
        "short_report": "the last row is missing, the count below is not",
        "restated_day": "the clicks of the last day asked grow by 9 % on the second read",
        "vanished_row": "the first campaign of the last day asked is gone on the second read",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._orders: dict[str, str] = {}
        self._polls: Counter[str] = Counter()
        self._reads: Counter[tuple[str, str]] = Counter()

    def source_settings(self) -> dict[str, object]:
        """Cost without VAT, by campaign, all goals."""
        return {
            "base_url": self.stage.url(),
            "client_login": "",
            "level": "campaign",
            "currency": "RUB",
            "include_vat": False,
            "goals": "",
            "attribution": "AUTO",
        }

    def source_secrets(self) -> dict[str, str]:
        """The token of the advertiser."""
        return {"token": TOKEN}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """A report, or the advertiser's own description."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.token_expired(request)
        if "no_rights" in faults or request.headers.get("client-login", LOGIN) != LOGIN:
            return _refused(54, "No rights", f"Client {LOGIN} is not served by this token")
        if "units_spent" in faults:
            return _refused(152, "Not enough points", "The limit of the day is used up")
        if request.path == "/json/v5/clients":
            rows = [{"Login": LOGIN, "Currency": "RUB"}]
            return Reply.of({"result": {"Clients": rows}}, Units="10/19990/20000")
        if request.path != "/json/v5/reports" or request.method != "POST":
            return Reply(404, b"Not Found", "text/plain")
        return self._report(request, faults)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """With a hint the queue of reports is full, without one requests come too often."""
        if seconds is None:
            return _refused(56, "Too many requests", "Ask less often")
        return _refused(9000, "Queue is full", "Five reports are waiting", retryIn=str(seconds))

    def error_body(self, request: Request) -> Reply:
        """The database is not there for a moment."""
        return _refused(1002, "Operation failed", "Try again later", status=500)

    def token_expired(self, request: Request) -> Reply:
        """The token is not accepted; Direct repeats it in the detail."""
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        return _refused(53, "Authorization error", f"Token {sent} is invalid")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """By campaign, without VAT."""
        return self.truth_of(first, last)

    def truth_of(self, first: dt.date, last: dt.date, *, by_group: bool = False) -> Truth:
        """The same by campaign or by ad group."""
        found: Truth = {}
        for row in self._rows(first, last, by_group=by_group):
            key = f"placement:{row.group.number}" if by_group else f"campaign:{row.group.campaign}"
            figures: dict[str, int | Decimal | None] = {
                "impressions": row.shown,
                "clicks": row.clicks,
                "media_cost": row.cost,
                "goal_completions": row.done,
            }
            for metric, value in figures.items():
                if value is not None:
                    found[metric, key, row.day] = Decimal(value)
        return found

    def _report(self, request: Request, faults: frozenset[str]) -> Reply:
        params = request.json().get("params")
        if not isinstance(params, dict) or not set(params.get("FieldNames", ())) <= _FIELDS:
            return _refused(8000, "Wrong request", "Unknown field in FieldNames")
        goals = params.get("Goals", [])
        if "wrong_goal" in faults or not set(goals) <= set(GOALS):
            return _refused(4001, "Wrong parameter", "Goals: one of them does not exist")
        if "queue_full" in faults:
            return _refused(9000, "Queue is full", "Five reports are waiting")
        name = str(params.get("ReportName", ""))
        order = json.dumps(params, sort_keys=True)
        if not name or self._orders.setdefault(name, order) != order:
            return _refused(4000, "Wrong parameter", "ReportName is taken by another report")
        if "queued" in faults and self._polls[name] < 2:
            self._polls[name] += 1
            status = 200 + self._polls[name]
            return Reply(status, b"", _TSV, {"retryIn": "20", "reportsInQueue": "1"})
        dates = params["SelectionCriteria"]
        return self._table(params, str(dates["DateFrom"]), str(dates["DateTo"]), request, faults)

    def _table(
        self,
        params: Mapping[str, object],
        first: str,
        last: str,
        request: Request,
        faults: frozenset[str],
    ) -> Reply:
        columns = [str(name) for name in _listed(params["FieldNames"])]
        end = dt.date.fromisoformat(last)
        by_group = "AdGroupId" in columns
        rows = list(self._rows(dt.date.fromisoformat(first), end, by_group=by_group))
        self._reads[first, last] += 1
        if self._reads[first, last] > 1:
            rows = _second(rows, end, faults)
        goals = [str(goal) for goal in _listed(params.get("Goals", []))]
        model = _listed(params.get("AttributionModels", ["AUTO"]))[0]
        micros = request.headers.get("returnmoneyinmicros", "true") != "false"
        vat = _VAT if params.get("IncludeVAT") == "YES" else Decimal(1)
        lines = []
        for row in rows:
            cost = (row.cost * vat).quantize(Decimal("0.01"))
            cells = {
                "Date": row.day.isoformat(),
                "CampaignId": str(row.group.campaign),
                "CampaignName": row.group.title,
                "AdGroupId": str(row.group.number),
                "AdGroupName": row.group.label,
                "Impressions": str(row.shown),
                "Clicks": str(row.clicks),
                "Cost": str(int(cost * 1_000_000)) if micros else str(cost),
                "Conversions": "--" if row.done is None else str(row.done),
            }
            if "null_metric" in faults and row.day == end:
                cells["Cost"] = "--"
            line = [cells[name] for name in columns if name != "Conversions" or not goals]
            if goals and "Conversions" in columns:
                line += _by_goal(row.done, len(goals))
            lines.append([*line, "7"] if "new_field" in faults else line)
        if goals and "Conversions" in columns:
            columns.remove("Conversions")
            columns += [f"Conversions_{goal}_{model}" for goal in goals]
        if "new_field" in faults:
            columns.append("Profit")
        if "renamed_field" in faults:
            columns = ["Spend" if name == "Cost" else name for name in columns]
        if "duplicated_row" in faults:
            lines[1:1] = lines[:1]
        total = len(lines)
        if "short_report" in faults:
            lines = lines[:-1]
        text = (
            [] if request.headers.get("skipreportheader") == "true" else [str(params["ReportName"])]
        )
        text += ["\t".join(cells) for cells in (columns, *lines)]
        if request.headers.get("skipreportsummary") != "true":
            text.append(f"Total rows: {total}")
        return Reply(200, ("\n".join(text) + "\n").encode(), _TSV, {"Units": "0/19990/20000"})

    def _rows(self, first: dt.date, last: dt.date, *, by_group: bool) -> Iterator[Row]:
        yesterday = self.stage.now().astimezone(ZoneInfo(self.time_zone)).date() - dt.timedelta(1)
        for day in self.days(max(first, self.first_day), min(last, yesterday)):
            found: dict[int, Row] = {}
            for group in GROUPS:
                if group.months and day.month not in group.months:
                    continue
                row = self._row(group, day)
                key = group.number if by_group else group.campaign
                found[key] = added(found[key], row) if key in found else row
            yield from found.values()

    def _row(self, group: Group, day: dt.date) -> Row:
        def around(value: int, *key: object) -> int:
            return value * (850 + self.stage.number(301, group.number, day, *key)) // 1000

        week = 1000 if day.weekday() < 5 else 820
        shown = around(group.shown * week // 1000, "shown")
        clicks = around(shown * group.clicked // 10_000, "clicks")
        kopecks = clicks * around(group.price, "price")
        done = None if group.bought is None else around(clicks * group.bought // 10_000, "done")
        return Row(day, group, shown, clicks, Decimal(kopecks).scaleb(-2), done)


PLAY = DirectPlay


def _second(rows: list[Row], end: dt.date, faults: frozenset[str]) -> list[Row]:
    if "restated_day" in faults:
        rows = [
            replace(row, clicks=row.clicks * 109 // 100) if row.day == end else row for row in rows
        ]
    if "vanished_row" in faults:
        gone = next((row.group.campaign for row in rows if row.day == end), None)
        rows = [row for row in rows if row.day != end or row.group.campaign != gone]
    return rows


def _by_goal(done: int | None, goals: int) -> list[str]:
    """Two thirds go to the first goal, the rest to the second."""
    if done is None:
        return ["--"] * goals
    first = done * 2 // 3 if goals > 1 else done
    return [str(first), str(done - first)][:goals]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _refused(code: int, said: str, detail: str, *, status: int = 400, **headers: str) -> Reply:
    error = {
        "request_id": "8695244274068608439",
        "error_code": code,
        "error_string": said,
        "error_detail": detail,
    }
    return Reply.of({"error": error}, status, **headers)
