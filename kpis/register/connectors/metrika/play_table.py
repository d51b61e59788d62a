"""The tables of the contract server: the shop's figures as Metrika's reports give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from kpis.simulator.company import figures
from kpis.simulator.play import Reply, Request, Stage

GOALS = {"101": "Корзина", "202": "Заявка на опт"}
CURRENCY = "RUB"
DAY = "ym:s:date"
CAMPAIGN = (DAY, "ym:s:lastsignUTMSource", "ym:s:lastsignUTMMedium", "ym:s:lastsignUTMCampaign")
BOUNCES = "ym:s:bounce=='Yes'"
_SOURCES = {"newsletter": ("sendsay", "email"), "remarketing": ("google", "cpc")}
_DUST = Decimal("0.0000000000001")
_MOST_ROWS, _MOST_FIGURES, _MOST_DIMENSIONS = 100_000, 20, 10

Key = tuple[str | None, ...]
Line = tuple[Key, Mapping[str, Decimal]]


def lines_of(
    stage: Stage, day: dt.date, dimensions: tuple[str, ...], filters: str, *, today: dt.date
) -> list[Line]:
    """A day's rows, in order. The counter sees nearly all of the shop's visits."""
    found = figures(1, day, today=today, seed=stage.seed)
    if found is None:
        return []
    text = day.isoformat()
    visits = found.sessions * 97 // 100
    if dimensions == (DAY,) and filters == BOUNCES:
        return [((text,), {"ym:s:visits": Decimal(visits * 19 // 100)})]
    if dimensions == (DAY,):
        kopecks = int(found.revenue.scaleb(2)) * 99 // 100
        values: dict[str, int | Decimal] = {
            "ym:s:visits": visits,
            "ym:s:users": found.users * 96 // 100,
            "ym:s:newUsers": found.users * 64 // 100,
            "ym:s:pageviews": found.page_actions * 95 // 100,
            "ym:s:ecommercePurchases": found.orders * 99 // 100,
            f"ym:s:ecommerce{CURRENCY}ConvertedRevenue": Decimal(kopecks).scaleb(-2),
            "ym:s:productPurchasedQuantity": found.items_sold * 99 // 100,
        }
        for goal in GOALS:
            reached = visits * (3 + int(goal) % 4) // 100 + stage.number(9, day, goal)
            values[f"ym:s:goal{goal}reaches"] = reached
        return [((text,), {name: Decimal(value) for name, value in values.items()})]
    lines: list[Line] = [((text, None, None, None), {"ym:s:visits": Decimal(visits * 71 // 100)})]
    for name, count in sorted(found.campaigns.items()):
        source, medium = _SOURCES.get(name, ("yandex", "cpc"))
        lines.append(((text, source, medium, name), {"ym:s:visits": Decimal(count * 97 // 100)}))
    return lines


def grown(line: Line) -> Line:
    """A row Metrika counted anew, 9 % larger."""
    return line[0], {name: Decimal(int(value * 109 // 100)) for name, value in line[1].items()}


def refused(request: Request, counter: str, known: set[str]) -> Reply | None:
    """What Metrika says to a question it does not understand; None for a good one."""
    query = request.query
    if query.get("ids") != counter:
        return error(403, "access_denied", f"Access denied to counter {query.get('ids')}")
    names = query.get("metrics", "").split(",")
    dimensions = query.get("dimensions", "").split(",")
    unknown = {*names} - known | {*dimensions} - {*CAMPAIGN}
    limit, offset = query.get("limit", "100"), query.get("offset", "1")
    if unknown:
        goal = " (goal)" if "goal" in min(unknown) else ""
        return error(400, "invalid_parameter", f"Unknown attribute {min(unknown)}{goal}")
    if len(names) > _MOST_FIGURES or len(dimensions) > _MOST_DIMENSIONS:
        return error(400, "query_error", "Too many metrics or dimensions")
    if not limit.isdecimal() or not 0 < int(limit) <= _MOST_ROWS:
        return error(400, "invalid_parameter", "limit must be between 1 and 100000")
    if not offset.isdecimal() or int(offset) < 1:
        return error(400, "invalid_parameter", "offset must be positive")
    if query.get("filters", BOUNCES) != BOUNCES:
        return error(400, "query_error", "Wrong filter")
    return None


def body_of(
    request: Request, page: list[Line], *, total: int, counter: str, faults: frozenset[str]
) -> dict[str, object]:
    """The whole answer."""
    names = request.query["metrics"].split(",")
    full = request.query.get("accuracy") == "full"
    rows: list[dict[str, object]] = [
        {
            "dimensions": [_dimension(name, request) for name in key],
            "metrics": [_figure(name, values[name]) for name in names],
        }
        for key, values in page
    ]
    if "null_metric" in faults and rows:
        rows[-1]["metrics"] = [None, *[_figure(name, page[-1][1][name]) for name in names[1:]]]
    if "new_field" in faults:
        rows = [{**row, "comment": ""} for row in rows]
    if "renamed_field" in faults:
        rows = [{"dimensions": row["dimensions"], "values": row["metrics"]} for row in rows]
    sampled = "sampled" in faults or not full
    asked = request.query
    return {
        "query": {
            "ids": [int(counter)],
            "dimensions": asked["dimensions"].split(","),
            "metrics": ["ym:s:hits", *names[1:]] if "other_question" in faults else names,
            "date1": asked["date1"],
            "date2": asked["date2"],
            "limit": int(asked.get("limit", "100")),
            "offset": int(asked.get("offset", "1")),
        },
        "data": rows,
        "total_rows": total,
        "total_rows_rounded": "rounded_total" in faults,
        "sampled": sampled,
        "sample_share": Decimal("0.1") if sampled else Decimal("1.0"),
        "contains_sensitive_data": "sensitive" in faults,
        "data_lag": 98,
        "totals": [],
    }


def error(code: int, kind: str, message: str, **headers: str) -> Reply:
    """Metrika's envelope."""
    body = {"errors": [{"error_type": kind, "message": message}], "code": code, "message": message}
    return Reply.of(body, code, **headers)


def _dimension(name: str | None, request: Request) -> dict[str, str | None]:
    return {"name": name, "favicon": ""} if request.query["dimensions"] != DAY else {"name": name}


def _figure(name: str, value: Decimal) -> Decimal:
    """Every figure is a double at Metrika; money comes with its dust."""
    if name.endswith("Revenue") and value != value.to_integral_value():
        return value + _DUST
    return value.quantize(Decimal("0.1"))
