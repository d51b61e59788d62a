"""Approved reports as they were kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from django.db.models import Q

from config.lib.dates import add_months
from kpis.indicators.engine.values import Reason, Value
from kpis.indicators.models import ClosedFigure, Correction, ReportEdition
from kpis.indicators.plain import from_plain
from kpis.indicators.selectors.known import Known
from kpis.indicators.sheet import Head, Line, Sheet
from staff.accounts.models import Scope


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month with its lines. ``told`` are values by KPI code that later reports already
    said the figure became, ``since`` is when the last of them (or the closing) was."""

    edition: ReportEdition
    month: dt.date
    lines: tuple[Line, ...]
    told: dict[str, Value] = field(default_factory=dict)
    since: dt.datetime | None = None

    def last_said(self, line: Line) -> Value:
        """The closed fact, or what the newest correction made of it."""
        return self.told.get(line.code, line.fact)


def edition_of(*, scope: Scope, month: dt.date, known: Known | None = None) -> ReportEdition | None:
    """The edition in force, now or then. One query."""
    when = Q(reopened_at=None)
    if known is not None:
        when = Q(approved_at__lte=known.at) & (when | Q(reopened_at__gt=known.at))
    rows = ReportEdition.objects.filter(when, report__scope=scope, report__month=month)
    return rows.select_related("report", "approved_by").order_by("-number").first()


def editions_of(*, scope: Scope, month: dt.date) -> list[ReportEdition]:
    """All approvals of the month's report, the newest first."""
    rows = ReportEdition.objects.filter(report__scope=scope, report__month=month)
    return list(rows.select_related("report", "approved_by", "reopened_by").order_by("-number"))


def sheet_kept(edition: ReportEdition) -> Sheet:
    """The page as it was approved. One query."""
    head = from_plain(Head, edition.head)
    figures = ClosedFigure.objects.filter(edition=edition).order_by("position")
    return Sheet(
        replace(
            head,
            edition=edition.number,
            approved_by=str(edition.approved_by),
            approved_at=edition.approved_at,
        ),
        tuple(from_plain(Line, row.body) for row in figures),
    )


def closed_before(*, scope: Scope, month: dt.date, since: dt.date) -> list[ClosedMonth]:
    """The closed months from ``since`` on that directly precede the open ``month``: their
    corrections are told in it. Oldest first. Three queries at most."""
    rows = ReportEdition.objects.filter(
        reopened_at=None, report__scope=scope, report__month__gte=since, report__month__lt=month
    )
    editions = {row.report.month: row for row in rows.select_related("report")}
    run: list[dt.date] = []
    before = add_months(month, -1)
    while before in editions:
        run.append(before)
        before = add_months(before, -1)
    if not run:
        return []
    lines: dict[int, list[Line]] = {}
    for figure in ClosedFigure.objects.filter(edition__in=[editions[one] for one in run]).order_by(
        "position"
    ):
        lines.setdefault(figure.edition_id, []).append(from_plain(Line, figure.body))
    told, moments = _told(scope, run)
    return [
        ClosedMonth(
            editions[one],
            one,
            tuple(lines.get(editions[one].pk, ())),
            told.get(one, {}),
            moments.get(one, editions[one].approved_at),
        )
        for one in reversed(run)
    ]


def _told(
    scope: Scope, months: Iterable[dt.date]
) -> tuple[dict[dt.date, dict[str, Value]], dict[dt.date, dt.datetime]]:
    """What later reports in force said of ``months``, the newest last and so the one that stays."""
    told: dict[dt.date, dict[str, Value]] = {}
    moments: dict[dt.date, dt.datetime] = {}
    rows = Correction.objects.filter(
        edition__reopened_at=None, edition__report__scope=scope, month__in=list(months)
    ).select_related("kpi", "edition")
    for row in rows.order_by("edition__report__month"):
        told.setdefault(row.month, {})[row.kpi.code] = value_of(row.after)
        moments[row.month] = row.edition.approved_at
    return told, moments


def value_of(text: str) -> Value:
    """A kept fraction; "" is "no data"."""
    return Value(Fraction(text)) if text else Value(reason=Reason.NO_DATA)


def text_of(value: Value) -> str:
    return "" if value.number is None else str(value.number)
