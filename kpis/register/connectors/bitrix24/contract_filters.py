"""How Bitrix24 filters: the sign of a comparison stands before the field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import parse_qsl

CONDITION = re.compile(r"(>=|<=|>|<|@)?(\w+)")
Row = dict[str, object]


def filter_of(params: Mapping[str, object]) -> dict[str, object]:
    """The conditions by name."""
    value = params.get("filter")
    return {str(name): wanted for name, wanted in value.items()} if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """A list, [] for anything else."""
    return value if isinstance(value, list) else []


def selected(row: Row, select: list[str]) -> Row:
    """The fields asked for."""
    return {name: row[name] for name in select if name in row} if select else dict(row)


def meets(row: Row, condition: str, wanted: object) -> bool:
    """Whether a row meets ``>=updatedTime`` and the like."""
    found = CONDITION.fullmatch(condition)
    if not found:
        return False
    sign, name = found[1] or "=", found[2]
    value = row.get(name)
    if value is None:
        return False
    if sign == "@":
        return str(value) in {str(one) for one in list_of(wanted)}
    measure = _number if name == "id" else _seconds
    return _compared(sign, measure(value), measure(wanted))


def _compared(sign: str, left: Decimal, right: Decimal) -> bool:
    return {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}.get(
        sign, left == right
    )


def nested(query: str) -> Row:
    """``filter[ENTITY_ID]=SOURCE`` as nested parameters, two levels deep."""
    found: Row = {}
    for name, value in parse_qsl(query):
        outer, _mark, inner = name.partition("[")
        if inner:
            held = found.setdefault(outer, {})
            if isinstance(held, dict):
                held[inner.rstrip("]")] = value
        else:
            found[outer] = value
    return found


def _number(value: object) -> Decimal:
    return Decimal(str(value))


def _seconds(value: object) -> Decimal:
    return Decimal(int(dt.datetime.fromisoformat(str(value)).timestamp()))
