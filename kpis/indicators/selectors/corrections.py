"""What became of closed months: lines of the first report that is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from kpis.indicators.engine.periods import month_of
from kpis.indicators.engine.values import Value
from kpis.indicators.selectors.editions import ClosedMonth
from kpis.indicators.selectors.inputs import Inputs
from kpis.indicators.selectors.readings import value_over
from kpis.indicators.sheet import CorrectionLine, Line, Recipe
from kpis.register.models import ResultRevision
from staff.accounts.models import Scope

UNKNOWN = object()


def corrections_open(
    *,
    scope: Scope,
    closed: Sequence[ClosedMonth],
    data: Inputs,
    today: dt.date,
    drawn: Mapping[tuple[dt.date, Recipe], Fraction | None],
) -> tuple[CorrectionLine, ...]:
    """Figures of ``closed`` months that the register gives otherwise now, counted by the formulas
    the months were closed with. ``drawn`` are values that were counted for the small charts: a
    formula is seldom counted twice. One query where anything was corrected."""
    found: list[tuple[ClosedMonth, Line, Value]] = []
    for one in closed:
        period = month_of(one.month)
        for line in one.lines:
            if drawn.get((one.month, line.recipe), UNKNOWN) == one.last_said(line).number:
                continue
            formula = line.recipe.formula(None)
            series = {code: data.days[code] for code in formula.codes}
            now = value_over(formula, series, period, period.last, today).value
            if now.number != one.last_said(line).number:
                found.append((one, line, now))
    restated = _restated(scope, found) if found else {}
    lines = []
    for one, line, now in found:
        codes = line.recipe.formula(None).codes
        causes = [restated[one.month, code] for code in codes if (one.month, code) in restated]
        lines.append(
            CorrectionLine(
                code=line.code,
                name=line.name,
                kind=line.kind,
                decimals=line.decimals,
                currency=line.currency,
                month=one.month,
                before=one.last_said(line),
                after=now,
                restated=sum(count for count, _names in causes),
                sources=tuple(sorted({name for _count, names in causes for name in names})),
            )
        )
    return tuple(lines)


Found = Sequence[tuple[ClosedMonth, Line, Value]]


def _restated(scope: Scope, found: Found) -> dict[tuple[dt.date, str], tuple[int, frozenset[str]]]:
    """(month, metric) → how many figures were changed or withdrawn since it was last told, and
    by which sources."""
    which = Q(pk__in=[])
    for one in {item.month: item for item, _line, _now in found}.values():
        period = month_of(one.month)
        which |= Q(day__gte=period.first, day__lte=period.last, changed_at__gt=one.since)
    rows = (
        ResultRevision.objects.filter(which, stream__source__scope__path__startswith=scope.path)
        .annotate(month=TruncMonth("day"))
        .order_by()
        .values_list("month", "metric__code", "stream__source__name")
        .annotate(count=Count("pk"))
    )
    told: dict[tuple[dt.date, str], tuple[int, frozenset[str]]] = {}
    for month, code, source, count in rows:
        old, names = told.get((month, code), (0, frozenset()))
        told[month, code] = (old + count, names | {source})
    return told
