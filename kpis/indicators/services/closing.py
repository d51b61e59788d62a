"""Keeping a month as it stands. Called inside the transaction of the approval."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max

from departments.structure.models import Department
from kpis.indicators.models import ClosedFigure, Correction, Kpi, MonthlyReport, ReportEdition
from kpis.indicators.plain import to_plain
from kpis.indicators.selectors.editions import text_of
from kpis.indicators.selectors.report import sheet_made
from kpis.indicators.sheet import Sheet
from staff.accounts.models import User


def edition_keep(
    *,
    report: MonthlyReport,
    department: Department,
    actor: User,
    at: dt.datetime,
    today: dt.date,
) -> ReportEdition:
    """The page of ``report`` as it is now, with every line's exact figures and the corrections of
    earlier months it tells."""
    sheet = sheet_made(department=department, month=report.month, today=today)
    newest = (
        ReportEdition.objects.filter(report=report).aggregate(number=Max("number"))["number"] or 0
    )
    edition = ReportEdition.objects.create(
        report=report,
        number=newest + 1,
        head=to_plain(sheet.head),
        approved_by=actor,
        approved_at=at,
    )
    codes = {line.code for line in sheet.lines} | {each.code for each in sheet.head.corrections}
    kpis = dict(Kpi.objects.filter(code__in=codes).values_list("code", "pk"))
    ClosedFigure.objects.bulk_create(_figures(edition, sheet, kpis))
    Correction.objects.bulk_create(
        Correction(
            edition=edition,
            kpi_id=kpis[each.code],
            month=each.month,
            before=text_of(each.before),
            after=text_of(each.after),
        )
        for each in sheet.head.corrections
    )
    return edition


def _figures(edition: ReportEdition, sheet: Sheet, kpis: dict[str, int]) -> list[ClosedFigure]:
    return [
        ClosedFigure(
            edition=edition,
            kpi_id=kpis[line.code],
            position=position,
            formula=line.formula,
            weight=line.weight,
            fact=text_of(line.fact),
            plan=text_of(line.plan),
            attained=text_of(line.attained),
            body=to_plain(line),
        )
        for position, line in enumerate(sheet.lines, start=1)
    ]
