"""Analytics by product and day: sales on any plan, views on Premium Plus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.ozon.client import VENDOR
from kpis.register.connectors.ozon.postings import Shop
from kpis.register.connectors.parsing import Reader

OFF = "off"
SALES = "sales"
VIEWS = "views"
# Ozon's metric, ours.
METRICS: Mapping[str, tuple[tuple[str, str], ...]] = {
    SALES: (("revenue", "revenue"), ("ordered_units", "items_sold")),
    VIEWS: (("hits_view_pdp", "page_actions"), ("session_view_pdp", "users")),
}
MONEY = frozenset({"revenue"})


@dataclass(frozen=True, slots=True)
class Figures:
    """Facts of one page, its rows, remarks."""

    facts: tuple[Fact, ...]
    rows: int
    notices: tuple[StrOrPromise, ...]


def body_of(kind: str, window: Window, *, limit: int) -> dict[str, object]:
    """The question: every product of every day."""
    return {
        "date_from": window.first.isoformat(),
        "date_to": window.last.isoformat(),
        "metrics": [name for name, _ours in METRICS[kind]],
        "dimension": ["sku", "day"],
        "filters": [],
        "sort": [],
        "limit": limit,
        "offset": 0,
    }


def figures_of(
    data: Mapping[str, object],
    *,
    kind: str,
    shop: Shop,
    window: Window,
    raw: bytes,
    flags: frozenset[str] = frozenset(),
) -> Figures:
    """The facts of an answer. Raises `BugError`."""
    reader = Reader(VENDOR, raw)
    result = reader.mapping(reader.field(data, "result"), "result")
    rows = reader.rows(reader.field(result, "data"), "data")
    seen: set[tuple[str, str]] = set()
    facts: list[Fact] = []
    for row in rows:
        dimensions = reader.field(row, "dimensions")
        values = reader.field(row, "metrics")
        if not isinstance(dimensions, list) or len(dimensions) != 2:
            reader.bug(_("A part of the answer has an unknown shape."), "dimensions")
        if not isinstance(values, list) or len(values) != len(METRICS[kind]):
            reader.bug(_("A row has more or fewer values than were asked for."), str(values)[:100])
        product, date = (reader.mapping(part, "dimensions") for part in dimensions)
        sku = reader.text(product, "id")
        day = reader.day(reader.text(date, "id"), "day")
        if not window.first <= day <= window.last:
            reader.bug(_("A day that was not asked for."), day.isoformat())
        if (sku, day.isoformat()) in seen:
            continue
        seen.add((sku, day.isoformat()))
        label = str(product.get("name") or sku)
        subject = SubjectRef("product", sku, label, parent=shop.subject)
        named = {name: value for (name, _ours), value in zip(METRICS[kind], values, strict=True)}
        for name, ours in METRICS[kind]:
            about = f"{sku}, {day.isoformat()}"
            value = reader.number(named, name, about=about)
            if value is None:
                continue
            money = ours in MONEY
            exact = value if money else reader.whole(value, f"{name}, {about}")
            facts.append(Fact(subject, ours, day, exact, shop.currency if money else "", flags))
    return Figures(tuple(facts), len(rows), reader.notices())
