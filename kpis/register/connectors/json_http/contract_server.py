"""A partner network of the tea shop with an interface as many services have it."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from kpis.simulator.company import CURRENCY
from kpis.simulator.play import Play, Reply, Request, Truth

SECRET = "partner-demo-key-0001"  # noqa: S105  opens invented figures only
USER = "tea"
PARTNERS = (("p1", "Блог «Листок»"), ("p2", "Купонный сайт"), ("p3", "Чайный клуб"))
COLUMNS = """clicks = stats.clicks
orders = stats.orders
media_cost = stats.spend_micros * 0.000001"""


class JsonPlay(Play):
    """``/stats`` pages by number, ``/offset``, ``/cursor``, ``/links`` and ``/search`` (POST) in
    their own ways, ``/all`` not at all, ``/totals`` tells one day without its date."""

    kind: ClassVar[str] = "json_http"
    vendor: ClassVar[str] = "127.0.0.1"
    own_faults: ClassVar[dict[str, str]] = {
        "bad_request": "400 with a message",
        "limit_body": "200 with an error about a limit",
        "denied_body": "200 with an error about the token, which is repeated",
        "token_expires_midway": "401 after the first page",
        "duplicated_row": "a page begins with the last row of the page before",
        "total_changes": "the total grows after the first page",
        "same_page": "the page asked for is ignored",
        "small_pages": "three rows on a page whatever is asked for",
        "foreign_link": "the next page is on another server",
        "circle": "the cursor of the second page leads to itself",
        "restated_day": "the last row has five more clicks on the second reading",
        "vanished_row": "the last row is gone on the second reading",
        "null_metric": "the clicks of the first row are null",
        "new_field": "every row has a field nobody has agreed on",
        "renamed_field": "clicks have another name",
        "other_days": "a row of a day nobody asked for",
        "no_rows": "the list has another name",
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._asked: dict[str, int] = {}

    def source_settings(self) -> dict[str, object]:
        """As the settings form stores them."""
        return {
            "base_url": f"{self.stage.url()}/stats?from={{first}}&to={{last}}&page={{page}}"
            "&size={size}",
            "method": "GET",
            "auth": "header",
            "auth_name": "X-Api-Key",
            "date_form": "iso",
            "time_zone": self.time_zone,
            "slice_days": 7,
            "lookback_days": 3,
            "per_minute": 600,
            "paging": "page",
            "page_size": 5,
            "first_page": 1,
            "rows_path": "data.items",
            "total_path": "data.total",
            "error_path": "error",
            "auth_words": "token",
            "wait_words": "limit",
            "day_path": "date",
            "day_form": "iso",
            "subject_kind": "placement",
            "subject_path": "partner.id",
            "subject_label_path": "partner.name",
            "repeats": "refuse",
            "columns": COLUMNS,
            "currency": CURRENCY,
        }

    def source_secrets(self) -> dict[str, str]:
        """The key of the demo account."""
        return {"secret": SECRET}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """Rows, or a refusal."""
        asked = request.json() if request.method == "POST" else dict(request.query)
        if not _let_in(request):
            return Reply.of({"error": "unknown key"}, 401)
        if "bad_request" in faults:
            return Reply.of({"error": "from is not a date"}, 400)
        if "limit_body" in faults:
            return Reply.of({"error": {"text": "Request limit is reached"}})
        if "denied_body" in faults:
            return Reply.of({"error": f"token {_sent(request)} is blocked"})
        try:
            first, last = (dt.date.fromisoformat(str(asked[name])) for name in ("from", "to"))
            start, size = _position(request.path, asked)
        except (KeyError, ValueError) as error:
            return Reply.of({"error": f"bad parameter {error}"}, 400)
        if "small_pages" in faults:
            start, size = (start // size * 3 if request.path == "/stats" else start), 3
        if start and "token_expires_midway" in faults:
            return Reply.of({"error": "expired"}, 401)
        if "same_page" in faults:
            start = 0
        return self._rows(request, first, last, start, size, faults)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """429, JSON this time."""
        headers = {} if seconds is None else {"Retry_After": str(seconds)}
        return Reply.of({"error": "slow down"}, 429, **headers)

    def error_body(self, request: Request) -> Reply:
        """200 with an error of its own."""
        return Reply.of({"error": "database is being repaired"})

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """By partner and day."""
        truth: Truth = {}
        for row in self._all(first, last):
            key, day = f"placement:{row['partner']['id']}", dt.date.fromisoformat(row["date"])
            stats = row["stats"]
            truth["clicks", key, day] = Decimal(stats["clicks"])
            truth["orders", key, day] = Decimal(stats["orders"])
            truth["media_cost", key, day] = Decimal(stats["spend_micros"]).scaleb(-6)
        return truth

    def _all(self, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
        today = self.stage.now().astimezone(ZoneInfo(self.time_zone)).date()
        return [
            {
                "date": day.isoformat(),
                "partner": {"id": key, "name": name},
                "stats": {
                    "clicks": 3 + self.stage.number(90, "clicks", key, day),
                    "orders": self.stage.number(4, "orders", key, day),
                    "spend_micros": 1_000_001 + self.stage.number(900_000_000, "cost", key, day),
                },
            }
            for day in self.days(first, last)
            if self.first_day <= day <= today
            for key, name in PARTNERS
        ]

    def _rows(
        self,
        request: Request,
        first: dt.date,
        last: dt.date,
        start: int,
        size: int,
        faults: frozenset[str],
    ) -> Reply:
        rows = self._all(first, last)
        window = f"{request.path} {first} {last}"
        self._asked[window] = self._asked.get(window, 0) + (start == 0)
        if self._asked[window] > 1 and "restated_day" in faults:
            rows[-1]["stats"]["clicks"] += 5
        if self._asked[window] > 1 and "vanished_row" in faults:
            rows = rows[:-1]
        if "other_days" in faults:
            rows = [*self._all(first - dt.timedelta(days=9), first - dt.timedelta(days=9)), *rows]
        if request.path == "/totals":
            return Reply.of([{"name": row["partner"]["name"], **row["stats"]} for row in rows])
        page = rows[start : start + size]
        if start and "duplicated_row" in faults:
            page = [rows[start - 1], *page]
        for row in page[:1] if "null_metric" in faults else ():
            row["stats"]["clicks"] = None
        for row in page:
            if "renamed_field" in faults:
                row["stats"]["klicks"] = row["stats"].pop("clicks")
            if "new_field" in faults:
                row["mood"] = "good"
        total = len(rows) + (1 if start and "total_changes" in faults else 0)
        listed = "elements" if "no_rows" in faults else "items"
        told: dict[str, Any] = {listed: page, "total": total}
        following = start + size if start + size < len(rows) else None
        if request.path == "/cursor":
            told["next"] = following and f"c{size if 'circle' in faults else following}&x=1"
        if request.path == "/links":
            told["next"] = following and self._link(request, following, faults)
        return Reply.of({"data": told, "error": None})

    def _link(self, request: Request, start: int, faults: frozenset[str]) -> str:
        query = urlencode({**request.query, "start": start})
        if "foreign_link" in faults:
            return f"https://elsewhere.example/links?{query}"
        return f"{self.stage.url()}/links?{query}" if start % 2 else f"links?{query}"


PLAY = JsonPlay


def _position(path: str, asked: dict[str, Any]) -> tuple[int, int]:
    """The first row and the number of rows of the page asked for."""
    match path:
        case "/stats" | "/search":
            size = int(asked["size"])
            return (int(asked["page"]) - 1) * size, size
        case "/offset":
            return int(asked["offset"]), int(asked["size"])
        case "/cursor":
            cursor = str(asked["cursor"]).removesuffix("&x=1") if "cursor" in asked else "c0"
            return int(cursor.removeprefix("c")), 5
        case "/links":
            return int(asked.get("start", 0)), 5
        case "/all" | "/totals":
            return 0, 100_000
    raise ValueError(path)


def _sent(request: Request) -> str:
    """The key a request came with, however it was sent."""
    signed = request.headers.get("authorization", "")
    if signed.startswith("Basic "):
        user, _sign, password = base64.b64decode(signed[6:]).decode().partition(":")
        return password if user == USER else ""
    return (
        signed.removeprefix("Bearer ")
        or request.headers.get("x-api-key", "")
        or request.query.get("api_key", "")
    )


def _let_in(request: Request) -> bool:
    return _sent(request) == SECRET
