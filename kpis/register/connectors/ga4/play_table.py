"""The tables of the contract server: the shop's figures as Google's reports give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from kpis.simulator.company import figures
from kpis.simulator.play import Reply, Stage

METRICS = {
    "sessions": "TYPE_INTEGER",
    "totalUsers": "TYPE_INTEGER",
    "newUsers": "TYPE_INTEGER",
    "engagedSessions": "TYPE_INTEGER",
    "screenPageViews": "TYPE_INTEGER",
    "keyEvents": "TYPE_FLOAT",
    "ecommercePurchases": "TYPE_INTEGER",
    "grossPurchaseRevenue": "TYPE_CURRENCY",
    "refundAmount": "TYPE_CURRENCY",
}
DIMENSIONS = ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
_LARGEST_LIMIT = 250_000
_SOURCES = {"newsletter": ("sendsay", "email"), "remarketing": ("google", "cpc")}
_OTHER_TRAFFIC = (
    ("(direct)", "(none)", "(direct)", 22),
    ("google", "organic", "(organic)", 31),
    ("pikabu.example", "referral", "(referral)", 4),
)
# A value a double cannot hold exactly arrives with this dust at its end.
_DUST = "0000000000001"

Line = tuple[tuple[str, ...], Mapping[str, Decimal]]
Cells = dict[str, list[dict[str, str | None]]]


def lines_of(
    stage: Stage, day: dt.date, dimensions: tuple[str, ...], *, today: dt.date
) -> list[Line]:
    """A day's rows, in order. The property's tag sees a little less than the shop's own counter."""
    found = figures(1, day, today=today, seed=stage.seed)
    if found is None:
        return []
    text = f"{day:%Y%m%d}"
    if dimensions == ("date",):
        sessions = found.sessions * 94 // 100
        kopecks = int(found.revenue.scaleb(2)) * 97 // 100
        values: dict[str, int | Decimal] = {
            "sessions": sessions,
            "totalUsers": found.users * 93 // 100,
            "newUsers": found.users * 61 // 100,
            "engagedSessions": sessions * 58 // 100,
            "screenPageViews": found.page_actions * 9 // 10,
            "keyEvents": found.orders + stage.number(40, day, "events"),
            "ecommercePurchases": found.orders * 98 // 100,
            "grossPurchaseRevenue": Decimal(kopecks).scaleb(-2),
            "refundAmount": Decimal(stage.number(900_000, day, "refund")).scaleb(-2),
        }
        return [((text,), {name: Decimal(value) for name, value in values.items()})]
    lines: list[Line] = []
    for name, count in found.campaigns.items():
        source, medium = _SOURCES.get(name, ("yandex", "cpc"))
        lines.append(((text, source, medium, name), {"sessions": Decimal(count * 94 // 100)}))
    for source, medium, name, share in _OTHER_TRAFFIC:
        counted = Decimal(found.sessions * share // 100)
        lines.append(((text, source, medium, name), {"sessions": counted}))
    return sorted(lines, key=lambda line: line[0])


def grown(line: Line) -> Line:
    """A row Google counted anew, 9 % larger."""
    return line[0], {name: Decimal(int(value * 109 // 100)) for name, value in line[1].items()}


def rows_of(page: list[Line], width: int, metrics: list[str]) -> list[Cells]:
    """Rows as they are sent: every value is text."""
    return [
        {
            "dimensionValues": [{"value": value} for value in key[:width]],
            "metricValues": [{"value": _text(name, figures[name])} for name in metrics],
        }
        for key, figures in page
    ]


def body_of(
    dimensions: tuple[str, ...],
    metrics: list[str],
    rows: list[Cells],
    *,
    total: int,
    zone: str,
    faults: frozenset[str],
) -> dict[str, object]:
    """The whole answer; what is empty or nought is left out of it."""
    headers = [{"name": name, "type": METRICS[name]} for name in metrics]
    if "renamed_field" in faults:
        headers[0]["name"] += "V2"
    if "null_metric" in faults and rows:
        rows[-1]["metricValues"][0]["value"] = None
    if "new_field" in faults:
        headers.append({"name": "advertiserAdCost", "type": "TYPE_CURRENCY"})
        for row in rows:
            row["metricValues"].append({"value": "0"})
    if "restricted" in faults:
        for row in rows:
            for name, cell in zip(metrics, row["metricValues"], strict=False):
                if METRICS[name] == "TYPE_CURRENCY":
                    cell["value"] = "0"
    left = 0 if "quota_nearly_used" in faults else 39_000
    body: dict[str, object] = {
        "dimensionHeaders": [{"name": name} for name in dimensions],
        "metricHeaders": headers,
        "metadata": _metadata(zone, faults),
        "propertyQuota": {
            "tokensPerDay": {"consumed": 4, "remaining": 199_000},
            "tokensPerHour": {"consumed": 4, "remaining": left},
            "concurrentRequests": {"remaining": 10},
        },
        "kind": "analyticsData#runReport",
    }
    if total:
        body["rowCount"] = total
    return {**body, "rows": rows} if rows else body


def refused(asked: Mapping[str, object], faults: frozenset[str]) -> Reply | None:
    """What Google says to a question it does not understand; None for a good one."""
    unknown = {*names(asked.get("dimensions"))} - {*DIMENSIONS}
    unknown |= {*names(asked.get("metrics"))} - METRICS.keys()
    limit = str(asked.get("limit", "10000"))
    if unknown:
        return error(400, "INVALID_ARGUMENT", f"Field {min(unknown)} is not a valid field.")
    if "incompatible" in faults:
        return error(
            400,
            "INVALID_ARGUMENT",
            "Please remove sessionCampaignName to make the request compatible.",
        )
    if not limit.isdecimal() or int(limit) > _LARGEST_LIMIT:
        return error(400, "INVALID_ARGUMENT", f"Limit must be at most {_LARGEST_LIMIT}.")
    if not isinstance(asked.get("dateRanges"), list):
        return error(400, "INVALID_ARGUMENT", "At least one date range is needed.")
    return None


def error(code: int, status: str, message: str, *, details: object = None) -> Reply:
    """Google's envelope."""
    told: dict[str, object] = {"code": code, "message": message, "status": status}
    return Reply.of({"error": told if details is None else {**told, "details": details}}, code)


def names(listed: object) -> list[str]:
    """``[{"name": "date"}, …]`` as names."""
    return [str(entry["name"]) for entry in listed] if isinstance(listed, list) else []


def _text(name: str, value: Decimal) -> str:
    """Money is a double at Google: now and then with dust at its end."""
    text = format(value, "f")
    if METRICS[name] == "TYPE_CURRENCY" and value != value.to_integral_value():
        return text.rstrip("0") + _DUST
    return text


def _metadata(zone: str, faults: frozenset[str]) -> dict[str, object]:
    metadata: dict[str, object] = {"currencyCode": "RUB", "timeZone": zone}
    if "sampled" in faults:
        sample = {"samplesReadCount": "500000", "samplingSpaceSize": "2100000"}
        metadata["samplingMetadatas"] = [sample]
    if "thresholded" in faults:
        metadata["subjectToThresholding"] = True
    if "other_row" in faults:
        metadata["dataLossFromOtherRow"] = True
    if "restricted" in faults:
        money = [name for name, kind in METRICS.items() if kind == "TYPE_CURRENCY"]
        metadata["schemaRestrictionResponse"] = {
            "activeMetricRestrictions": [
                {"metricName": name, "restrictedMetricTypes": ["REVENUE_DATA"]} for name in money
            ]
        }
    return metadata
