"""Examples of the API's description. A test holds them against the description itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

UID = "5b0d0a54-5d1f-4b57-8c1c-0d9f2a4e7c33"
SHOP: dict[str, Any] = {
    "uid": UID,
    "kind": "department",
    "name": "Marketing",
    "department": "Marketing",
    "company": "Alpha",
    "currency": "RUB",
}
NOBODY_SAID = {"value": None, "reason": "no_plan"}


def answer(name: str, value: object, *statuses: int) -> OpenApiExample:
    codes = [str(status) for status in statuses or (200,)]
    return OpenApiExample(name, value=value, response_only=True, status_codes=codes)


def evaluation(value: str | None, first: str, last: str, **more: object) -> dict[str, Any]:
    """A final value over whole days."""
    return {
        "value": value,
        "reason": None if value else "no_data",
        "from": first,
        "to": last,
        "state": "final",
        "coverage": "1",
        "covered": 60,
        "expected": 60,
        "incomplete": False,
        "uneven": False,
        "alert": False,
    } | more


def compared(value: str, first: str, last: str, difference: str, ratio: str) -> dict[str, Any]:
    change = {
        "difference": {"value": difference, "reason": None},
        "ratio": {"value": ratio, "reason": None},
    }
    return evaluation(value, first, last) | change


def part(metric: str, value: str) -> dict[str, Any]:
    return {
        "metric": metric,
        "value": value,
        "reason": None,
        "days": 30,
        "from": "2026-11-01",
        "to": "2026-11-30",
        "shifts": [],
        "bounds": None,
    }


ROW: dict[str, Any] = {
    "uid": "0b6f1c4e-7f0e-4d0a-9a5c-2f6d1b9c8e71",
    "month": "2026-11",
    "value": "0.025",
    "upper": None,
    "milestones": [],
    "reason": "",
    "author": "Anna Petrova",
    "set_at": "2026-10-28T12:00:00+00:00",
}
KPI: dict[str, Any] = {
    "code": "conversion",
    "name": {"ru": "Конверсия в заказ", "en": "Conversion to order"},
    "level": "department",
    "unit": "share",
    "better": "up",
    "plan_method": "none",
    "formula": "orders / sessions",
    "valid_from": "2020-01-01",
}
ATTAINED = {"value": "0.8", "reason": None, "percent": "80.0"}

SCOPES = answer("one department", {"results": [SHOP], "next": None})
KPIS = answer("conversion", {"results": [KPI], "next": None})
DEFINITION = answer(
    "conversion",
    KPI
    | {
        "number": "",
        "section": "department",
        "kind": "ratio",
        "decimals": 2,
        "span": "period",
        "span_days": None,
        "maturity_days": 0,
        "is_main": True,
        "is_informational": False,
        "is_archived": False,
        "meaning": {"ru": "Доля визитов с заказом.", "en": "The share of visits with an order."},
        "source": {"ru": "", "en": ""},
        "limits": {"ru": "", "en": ""},
        "mistakes": {"ru": "", "en": ""},
        "metrics": ["orders", "sessions"],
        "versions": [{"formula": "orders / sessions", "valid_from": "2020-01-01", "reason": ""}],
    },
)
VALUE = answer(
    "conversion in November",
    {
        "code": "conversion",
        "unit": "share",
        "currency": "RUB",
        "scope": SHOP,
        "period": {"grain": "month", "name": "2026-11", "from": "2026-11-01", "to": "2026-11-30"},
        "as_of": "2026-11-30",
        "formula": "orders / sessions",
        "fact": evaluation("0.02", "2026-11-01", "2026-11-30")
        | {"parts": [part("orders", "150"), part("sessions", "7500")]},
        "interval": None,
        "plan": {"value": "0.025", "reason": None},
        "upper": NOBODY_SAID,
        "plan_to_date": {"value": "0.025", "reason": None},
        "attainment": ATTAINED | {"lamp": "red"},
        "forecast": {"value": "0.02", "reason": None, "method": "ratio", "attainment": ATTAINED},
        "previous": compared("0.025", "2026-10-01", "2026-10-30", "-0.005", "-0.2"),
        "last_year": compared("0.025", "2025-11-01", "2025-11-30", "-0.005", "-0.2"),
        "same_weekdays": compared("0.025", "2025-11-02", "2025-12-01", "-0.005", "-0.2"),
        "loaded_at": "2026-12-01T06:10:00+03:00",
        "targets": [ROW],
    },
)
SERIES = answer(
    "one month",
    {
        "code": "conversion",
        "unit": "share",
        "scope": SHOP,
        "grain": "month",
        "points": [
            {
                "name": "2026-11",
                "from": "2026-11-01",
                "to": "2026-11-30",
                "as_of": "2026-11-30",
                "fact": evaluation("0.02", "2026-11-01", "2026-11-30"),
                "plan": {"value": "0.025", "reason": None},
                "attainment": ATTAINED,
            }
        ],
    },
)
KPI_ROW = ROW | {"kpi": "conversion", "scope": UID}
TARGETS = answer("a share", {"results": [KPI_ROW], "next": None})
TARGET = answer("a share", KPI_ROW, 200, 201)
SET = {"scope": UID, "value": "0.025", "reason": "A new season"}
TARGET_VALUE = OpenApiExample("a share", value=SET, request_only=True)
NEW_TARGET = OpenApiExample(
    "a share", value=SET | {"kpi": "conversion", "month": "2026-11"}, request_only=True
)
