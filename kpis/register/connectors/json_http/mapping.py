"""Rows of an answer as facts, as the settings say."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.json_http.paths import MISSING, Path, first
from kpis.register.connectors.json_http.plan import Plan
from kpis.register.connectors.parsing import Reader, few

SINGLE = "all"
_LATEST = 4_102_444_800  # 2100: later "seconds" are milliseconds


@dataclass
class Harvest:
    """What the pages of a slice have given so far. ``money`` are the metrics with a currency."""

    plan: Plan
    window: Window
    money: frozenset[str]
    seen: set[str] = field(default_factory=set)
    facts: dict[tuple[str, str, dt.date], Fact] = field(default_factory=dict)
    given: int = 0
    empty: dict[str, list[str]] = field(default_factory=dict)
    outside: int = 0

    def take(self, reader: Reader, rows: Sequence[object]) -> int:
        """Read the rows of a page; how many of them are new. `BugError` for a row that is not as
        described."""
        fresh = 0
        for row in rows:
            if not isinstance(row, dict):
                reader.bug(_("A part of the answer has an unknown shape."), "row")
            key = self._key(reader, row)
            if key in self.seen:
                continue
            if key:
                self.seen.add(key)
            fresh += 1
            self._row(reader, row)
        return fresh

    def drained(self) -> tuple[Fact, ...]:
        """The facts that have not been given yet. Where rows add up, no fact is whole before the
        last page."""
        new = tuple(itertools.islice(self.facts.values(), self.given, None))
        self.given = len(self.facts)
        return new

    def notices(self) -> tuple[StrOrPromise, ...]:
        """What the owner should know of the slice."""
        said: list[StrOrPromise] = [
            filled(
                _("%(vendor)s gave no value of %(name)s for %(about)s."),
                vendor=self.plan.root,
                name=name,
                about=few(about),
            )
            for name, about in self.empty.items()
        ]
        if self.outside:
            said.append(
                filled(
                    _("%(count)s rows are of other days than asked for and were left out."),
                    count=self.outside,
                )
            )
        return tuple(said)

    def _key(self, reader: Reader, row: dict[str, object]) -> str:
        """What tells a row from the others; "" where the settings do not say and rows add up."""
        if self.plan.row_key:
            return _text(reader, row, self.plan.row_key, "key")
        return "" if self.plan.adds else json.dumps(row, sort_keys=True, default=str)

    def _row(self, reader: Reader, row: dict[str, object]) -> None:
        plan = self.plan
        day = self._day(reader, row)
        if not self.window.first <= day <= self.window.last:
            self.outside += 1
            return
        subject = self._subject(reader, row)
        for column in plan.columns:
            value = first(row, column.path)
            if value is MISSING:
                reader.bug(_("An agreed field is missing: it was renamed or removed."), column.name)
            if value is None or value == "":
                self.empty.setdefault(column.name, []).append(f"{day} {subject.label}")
                continue
            figure = reader.figure(value, column.name) * column.factor
            self._add(reader, subject, column.metric, day, figure)

    def _add(
        self, reader: Reader, subject: SubjectRef, metric: str, day: dt.date, figure: Decimal
    ) -> None:
        natural = (subject.key, metric, day)
        before = self.facts.get(natural)
        if before is not None and not self.plan.adds:
            reader.bug(
                _("Two rows are about the same day and thing; the settings do not add them."),
                f"{day} {subject.key} {metric}",
            )
        self.facts[natural] = Fact(
            subject,
            metric,
            day,
            figure + (before.value if before is not None else 0),
            self.plan.currency if metric in self.money else "",
        )

    def _subject(self, reader: Reader, row: dict[str, object]) -> SubjectRef:
        plan = self.plan
        if not plan.subject:
            return SubjectRef(plan.subject_kind, SINGLE, plan.subject_name)
        key = _text(reader, row, plan.subject, "subject")
        label = _text(reader, row, plan.subject_label, "name") if plan.subject_label else key
        return SubjectRef(plan.subject_kind, key, label or key)

    def _day(self, reader: Reader, row: dict[str, object]) -> dt.date:
        plan = self.plan
        if not plan.day:
            return self.window.first
        text = _text(reader, row, plan.day, "day")
        match plan.day_form:
            case "dotted":
                return reader.day(text, "day", form="%d.%m.%Y")
            case "compact":
                return reader.day(text, "day", form="%Y%m%d")
            case "moment":
                moment = reader.moment(text, "day", zone=plan.zone)
                return moment.astimezone(plan.zone).date()
            case "unix" | "unix_ms":
                seconds = int(reader.figure(text, "day")) // (
                    1000 if plan.day_form == "unix_ms" else 1
                )
                if not 0 < seconds < _LATEST:
                    reader.bug(_("A date cannot be read."), f"day: {text[:40]}")
                return dt.datetime.fromtimestamp(seconds, plan.zone).date()
            case _:
                return reader.day(text, "day")


def _text(reader: Reader, row: dict[str, object], path: Path, what: str) -> str:
    """A field that every row must have."""
    value = first(row, path)
    if value is MISSING:
        reader.bug(_("An agreed field is missing: it was renamed or removed."), what)
    if value is None or isinstance(value, dict | list | bool) or str(value).strip() == "":
        reader.bug(_("A field has another kind of value than agreed."), f"{what}: {value!r:.40}")
    return str(value).strip()


def shown(facts: Iterable[Fact]) -> str:
    """Facts of a few rows in one line each, for a check."""
    lines: dict[tuple[dt.date, str], list[str]] = {}
    for fact in facts:
        about = (fact.day, fact.subject.label)
        told = f"{fact.metric} {fact.value:f} {fact.currency}".rstrip()
        lines.setdefault(about, []).append(told)
    return "; ".join(
        f"{day.isoformat()} {label}: {', '.join(told)}" for (day, label), told in lines.items()
    )
