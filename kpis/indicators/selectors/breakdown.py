"""A KPI of a month by direction, channel, campaign and subject: the way down from the total.

The formula is applied to each line's own totals; the last line is the formula on all totals, never
the sum of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from departments.structure.models import Department
from kpis.indicators.engine.evaluate import calculate, leaves_of
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.syntax import kpi_codes
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.measure import drawn
from kpis.indicators.selectors.definitions import Formula
from kpis.indicators.selectors.scope import figures_scope
from kpis.register.models import Metric, Result, Source, Subject
from kpis.register.selectors.series import counted
from kpis.register.services.planner import hash_joins

MAX_LINES = 500
LEVELS = ("direction", "channel", "campaign", "subject")
# Kinds of subjects that a channel is made of: what lies under a campaign belongs to it.
CAMPAIGNS = (
    Subject.Kind.CAMPAIGN,
    Subject.Kind.MAILING,
    Subject.Kind.PROGRAMME,
    Subject.Kind.EVENT,
)


@dataclass(frozen=True, slots=True)
class Below:
    """One line. ``key`` asks for what lies under it; ``parts`` are its totals by metric code, on
    how many days each was there."""

    key: str
    label: str
    value: Value
    parts: tuple[tuple[Metric, Value], ...]
    days: int
    uneven: bool
    share: Fraction | None = None

    @property
    def bar(self) -> object:
        """The share of the largest line, for a bar of 0…100."""
        return None if self.share is None else drawn(self.share * 100)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """``lines`` by the size of their value, those without one last. ``problem`` says why a KPI
    cannot be broken down. ``metrics`` are the columns."""

    level: str
    next_level: str
    lines: tuple[Below, ...] = ()
    metrics: tuple[Metric, ...] = ()
    problem: str = ""
    cut: int = 0


@dataclass
class _Totals:
    numbers: dict[str, Fraction] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)


def breakdown(
    *, department: Department, formula: Formula, period: Period, level: str, under: str = ""
) -> Breakdown:
    """``formula`` over ``period`` by ``level``; ``under`` narrows to the line of the level above
    that has this key ("direction:A", "channel:12", "campaign:345"). Five queries."""
    following = LEVELS[LEVELS.index(level) + 1] if level != LEVELS[-1] else ""
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=formula.codes)}
    columns = tuple(words[code] for code in formula.codes if code in words)
    if problem := _problem(formula, columns):
        return Breakdown(level, following, metrics=columns, problem=problem)
    places = _Places(department, level, under)
    groups: dict[str, _Totals] = {}
    for source, subject, code, total, days in _sums(department, formula.codes, period):
        key = places.key(source, subject)
        if key is None:
            continue
        group = groups.setdefault(key, _Totals())
        group.numbers[code] = group.numbers.get(code, Fraction(0)) + exact(total)
        group.days[code] = max(group.days.get(code, 0), days)
    lines = [
        _line(key, places.label(key), group, formula, columns) for key, group in groups.items()
    ]
    lines.sort(key=_size)
    shown = _with_shares(lines[:MAX_LINES])
    return Breakdown(level, following, shown, columns, cut=len(lines) - len(shown))


def _problem(formula: Formula, columns: Iterable[Metric]) -> str:
    if kpi_codes(formula.node) or any(leaf.way for leaf in leaves_of(formula.node)):
        return _("This KPI is counted over several spans of days: it is shown as a whole only.")
    for metric in columns:
        if metric.agg_time != Metric.AggTime.SUM or metric.agg_dims != Metric.AggDims.SUM:
            return _("“%(metric)s” does not add up over subjects: see its rows.") % {
                "metric": metric
            }
    return ""


def _sums(
    department: Department, codes: Iterable[str], period: Period
) -> Iterable[tuple[int, int, str, Decimal, int]]:
    """(source id, subject id, metric code, total, days): duplicates of a subject count for the one
    they were merged into."""
    streams = counted(figures_scope(department), codes)
    rows = (
        Result.objects.filter(
            stream__in=streams.values("stream"),
            metric__code__in=list(codes),
            day__gte=period.first,
            day__lte=period.last,
        )
        .values_list(
            F("stream__source_id"),
            Coalesce("subject__merged_into_id", "subject_id"),
            F("metric__code"),
            F("stream_id"),
        )
        .annotate(total=Sum("value"), days=Count("day", distinct=True))
    )
    pairs = set(streams.values_list("stream_id", "metric__code"))
    with hash_joins():
        for source, subject, code, stream, total, days in rows:
            if (stream, code) in pairs:
                yield source, subject, code, total, days


class _Places:
    """Where every subject of the department stands: its direction, channel, campaign."""

    def __init__(self, department: Department, level: str, under: str) -> None:
        self.level = level
        self.above, _colon, self.wanted = under.partition(":")
        self.sources = {
            source.pk: source
            for source in Source.objects.select_related("scope").filter(
                scope__path__startswith=figures_scope(department).path
            )
        }
        self.directions = {
            direction.scope.path: direction
            for direction in department.directions.select_related("scope")
        }
        self.by_letter = {item.code: item for item in self.directions.values()}
        self.subjects = {
            row.pk: row
            for row in Subject.objects.filter(
                scope__path__startswith=figures_scope(department).path
            ).select_related("direction")
        }

    def key(self, source: int, subject: int) -> str | None:
        """The line the row belongs to; None when it lies elsewhere."""
        if self.wanted and self._at(self.above, source, subject) != self.wanted:
            return None
        return self._at(self.level, source, subject)

    def _at(self, level: str, source: int, subject: int) -> str:
        match level:
            case "direction":
                return self._letter(source, subject)
            case "channel":
                return str(source)
            case "campaign":
                return str(self._campaign(subject))
            case _:
                return str(subject)

    def _letter(self, source: int, subject: int) -> str:
        row = self.subjects.get(subject)
        while row is not None:
            if row.direction is not None:
                return str(row.direction.code)
            row = self.subjects.get(row.parent_id or 0)
        found = self.sources.get(source)
        path = found.scope.path if found else ""
        own = next((item for at, item in self.directions.items() if path.startswith(at)), None)
        return str(own.code) if own else ""

    def _campaign(self, subject: int) -> int:
        """The nearest campaign, mailing, programme or event above; the subject itself without."""
        row = self.subjects.get(subject)
        while row is not None:
            if row.kind in CAMPAIGNS:
                return int(row.pk)
            row = self.subjects.get(row.parent_id or 0)
        return subject

    def label(self, key: str) -> str:
        if self.level == "direction":
            return str(self.by_letter[key]) if key else _("The department as a whole")
        if self.level == "channel":
            source = self.sources.get(int(key))
            return source.name if source else _("a source that was removed")
        row = self.subjects.get(int(key))
        return row.label if row else _("a subject of another scope")


def _line(
    key: str, label: str, group: _Totals, formula: Formula, columns: tuple[Metric, ...]
) -> Below:
    known = {
        metric.code: Value.of(
            group.numbers.get(
                metric.code, Fraction(0) if metric.missing == Metric.Missing.ZERO else None
            ),
            Reason.NO_DATA,
        )
        for metric in columns
    }
    value, _alert = calculate(
        formula.node, {leaf: known[leaf.code] for leaf in leaves_of(formula.node)}
    )
    parts = tuple((metric, known[metric.code]) for metric in columns)
    days = set(group.days.values())
    return Below(key, label, value, parts, max(days, default=0), len(days) > 1)


def _size(line: Below) -> tuple[int, Fraction, str]:
    number = line.value.number
    if number is None:
        first = line.parts[0][1].number if line.parts else None
        return (1, -(first or Fraction(0)), line.label)
    return (0, -number, line.label)


def _with_shares(lines: list[Below]) -> tuple[Below, ...]:
    """The length of each line's bar: bars start at zero, so only what is above it has one."""
    largest = max((line.value.number or Fraction(0) for line in lines), default=Fraction(0))
    if largest <= 0:
        return tuple(lines)
    found = []
    for line in lines:
        number = line.value.number
        share = None if number is None or number < 0 else number / largest
        found.append(replace(line, share=share))
    return tuple(found)
