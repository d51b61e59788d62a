"""A pivot as it is shown: named lines and columns, every cell leading to its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.money import money, number
from kpis.register.files.keys import plain
from kpis.register.models import Metric, Source, Subject
from kpis.register.models.result import Flag
from kpis.register.periods import OWN, month_end
from kpis.register.selectors.pivot import Cell, Grid, Key, Selection, pivot

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DIMS: dict[str, StrOrPromise] = {
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
    "subject": gettext_lazy("Subject"),
    "source": gettext_lazy("Source"),
    "metric": gettext_lazy("Metric"),
}
TIMES = ("day", "week", "month")
# Figures that a reader should not yet build on.
SOFT = Flag.SAMPLED | Flag.THRESHOLDED | Flag.PROVISIONAL | Flag.ESTIMATED


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: ``text`` for the page, ``value`` for a file, ``url`` to the rows behind it."""

    text: str
    value: Decimal | str | None
    reason: StrOrPromise = ""
    url: str = ""
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    cells: list[Shown]
    total: Shown | None


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one metric, or of all where metrics are an axis (``metric`` None)."""

    metric: Metric | None
    columns: list[str]
    lines: list[Line]
    totals: list[Shown]
    whole: bool  # a total at the end of every line


@dataclass(frozen=True, slots=True)
class Pivot:
    rows: str
    columns: str
    sections: list[Section]
    is_soft: bool
    reasons: list[str]

    @property
    def row_label(self) -> StrOrPromise:
        return DIMS[self.rows]

    def as_values(self) -> Iterator[list[object]]:
        """The table for a file: one heading, then every section's lines and totals."""
        several = len(self.sections) > 1
        for place, section in enumerate(self.sections):
            name = [str(section.metric or "")] if several else []
            if place == 0:
                head: list[object] = [_("Metric")] if several else []
                head += [str(self.row_label), *section.columns]
                yield [*head, _("Total")] if section.whole else head
            for line in section.lines:
                end = [line.total.value] if line.total else []
                yield [*name, line.label, *(cell.value for cell in line.cells), *end]
            if section.totals:
                yield [*name, _("Total"), *(cell.value for cell in section.totals)]


def pivot_table(chosen: Selection, *, rows: str, columns: str) -> Pivot:
    """The figures of ``chosen`` by two axes. Raises `Invalid` when there are too many."""
    return _Builder(chosen, rows, columns).build()


class KeyNames:
    """What the keys of a grid are called; one query per kind of row among them."""

    def __init__(self, grid: Grid, rows: str, columns: str) -> None:
        ids: dict[str, set[int]] = {"source": set(), "subject": set()}
        for _metric, row, column in grid.cells:
            for dim, key in ((rows, row), (columns, column)):
                if dim in ids:
                    ids[dim].add(key)
        self.metrics: dict[int, Metric] = Metric.objects.in_bulk(grid.metric_ids)
        self._named: dict[str, dict[int, Any]] = {
            "metric": self.metrics,
            "source": Source.objects.in_bulk(ids["source"]) if ids["source"] else {},
            "subject": Subject.objects.in_bulk(ids["subject"]) if ids["subject"] else {},
        }

    def ordered(self, dim: str, keys: set[Key]) -> list[Key]:
        """Days in their order, everything else by name."""
        if dim in TIMES:
            return sorted(keys)
        return sorted(keys, key=lambda key: self.label(dim, key).casefold())

    def label(self, dim: str, key: Key) -> str:
        if dim == "day":
            return date_format(key, "SHORT_DATE_FORMAT")
        if dim == "week":
            ends = (key, key + dt.timedelta(days=6))
            return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in ends)
        if dim == "month":
            return date_format(key, "M Y")
        return str(self._named[dim].get(key, key))

    def uid(self, dim: str, key: Key) -> str:
        """The public id of a source or subject."""
        return str(getattr(self._named[dim].get(key), "uid", ""))

    def plain(self, dim: str, key: Key) -> str:
        """The key for machines: ``2026-11-03``, ``2026-11``, a uid."""
        if dim == "month":
            return f"{key:%Y-%m}"
        return key.isoformat() if dim in TIMES else self.uid(dim, key)


class _Builder:
    def __init__(self, chosen: Selection, rows: str, columns: str) -> None:
        self.chosen, self.rows, self.columns = chosen, rows, columns
        self.grid = pivot(chosen, rows=rows, columns=columns)
        self.names = KeyNames(self.grid, rows, columns)
        self.metrics = self.names.metrics

    def build(self) -> Pivot:
        by_metric = "metric" in {self.rows, self.columns}
        named = sorted(self.metrics.values(), key=lambda metric: metric.name.casefold())
        groups = [named] if by_metric else [[metric] for metric in named]
        sections = [self._section(group, by_metric=by_metric) for group in groups if group]
        soft = any(cell.flags & SOFT for cell in self.grid.cells.values())
        every = [*self.grid.cells.values(), *self.grid.by_row.values()]
        every += self.grid.by_column.values()
        reasons = sorted({str(cell.reason) for cell in every if cell.reason})
        return Pivot(self.rows, self.columns, sections, soft, reasons)

    def _section(self, group: Sequence[Metric], *, by_metric: bool) -> Section:
        ids = {metric.pk for metric in group}
        crossings = [key for key in self.grid.cells if key[0] in ids]
        rows = self.names.ordered(self.rows, {row for _m, row, _c in crossings})
        columns = self.names.ordered(self.columns, {column for _m, _r, column in crossings})
        whole = self.columns != "metric" and len(columns) > 1
        lines = []
        for row in rows:
            cells = [self._shown(row, column, group[0].pk) for column in columns]
            metric_id = row if self.rows == "metric" else group[0].pk
            total = self._cell(self.grid.by_row.get((metric_id, row)), metric_id, row, None)
            lines.append(Line(self.names.label(self.rows, row), cells, total if whole else None))
        if self.rows in {"subject", "source"}:
            lines.sort(key=_largest)
        totals = []
        if self.rows != "metric" and len(rows) > 1:
            totals = [self._total(column, group[0].pk) for column in columns]
        names = [self.names.label(self.columns, column) for column in columns]
        return Section(None if by_metric else group[0], names, lines, totals, whole)

    def _shown(self, row: Key, column: Key, metric_id: int) -> Shown:
        if self.rows == "metric":
            metric_id = row
        elif self.columns == "metric":
            metric_id = column
        return self._cell(self.grid.cells.get((metric_id, row, column)), metric_id, row, column)

    def _total(self, column: Key, metric_id: int) -> Shown:
        if self.columns == "metric":
            metric_id = column
        return self._cell(self.grid.by_column.get((metric_id, column)), metric_id, None, column)

    def _cell(self, cell: Cell | None, metric_id: int, row: Key, column: Key) -> Shown:
        if cell is None:
            return Shown("", None)
        url = drill_url(
            self.chosen, self.metrics[metric_id], {self.rows: row, self.columns: column}, self.names
        )
        soft = bool(cell.flags & SOFT)
        if cell.value is None:
            return Shown("—", "—", cell.reason, url, soft)
        is_money = self.metrics[metric_id].unit == Metric.Unit.MONEY
        text = money(cell.value, cell.currency or "RUB") if is_money else number(cell.value)
        return Shown(text, Decimal(plain(cell.value)), "", url, soft)


def _largest(line: Line) -> tuple[Decimal, str]:
    """The largest first; lines without one figure after them, by name."""
    cell = line.total or line.cells[0]
    value = cell.value if isinstance(cell.value, Decimal) else None
    return (-value if value is not None else Decimal("Infinity"), line.label.casefold())


def drill_url(chosen: Selection, metric: Metric, place: dict[str, Key], names: KeyNames) -> str:
    """The register's rows behind a cell: the same choice, narrowed to its place."""
    first, last = chosen.first, chosen.last
    query: dict[str, str] = {"metric": metric.code, "period": OWN}
    if chosen.subjects:
        known = chosen.subjects
        query |= {"subject": str(known.uid or ""), "kind": known.kind, "q": known.words}
        query |= {} if known.with_parts else {"parts": "no"}
    if chosen.source is not None:
        query["source"] = str(chosen.source.uid)
    for dim, key in place.items():
        if key is None:
            continue
        if dim in TIMES:
            first, last = max(first, key), min(last, _end(dim, key))
        elif dim in {"subject", "source"}:
            query[dim] = names.uid(dim, key)
            if dim == "subject":
                query |= {"parts": "no", "kind": "", "q": ""}
    query |= {"first": first.isoformat(), "last": last.isoformat()}
    if chosen.scope is not None:
        query["scope"] = str(chosen.scope.uid)
    if chosen.counted is not None:
        query["counted"] = "yes" if chosen.counted else "no"
    if chosen.flag:
        query["flag"] = Flag(chosen.flag).name.lower()
    filled = {name: value for name, value in query.items() if value}
    return f"{reverse('register:results')}?{urlencode(filled)}"


def _end(dim: str, key: dt.date) -> dt.date:
    if dim == "day":
        return key
    return key + dt.timedelta(days=6) if dim == "week" else month_end(key)
