"""The department's funds day by day: what may be spent, what was planned and what was spent."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from decimal import ROUND_DOWN, Decimal

from django.db.models import Exists, F, OuterRef, Q, Sum

from config.lib.dates import days_between, month_first
from departments.funds.models import Expense, Fund, FundLimit
from kpis.indicators.measured import Measured
from staff.accounts.models import Scope

OPERATING, HEAD, ANNUAL = "H.F1", "H.F2", "H.F6"
KOPECK = Decimal("0.01")
ZERO = Decimal(0)
CURRENCY = "fund__department__company__currency"

Days = defaultdict[dt.date, Decimal]


def fund_money(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """Limits, plan and expenses of the funds under ``scope``. Two queries.

    A limit stands on every day of its month, the plan spreads it over the calendar days to the
    kopeck. In a month that has a limit or an expense a day without expenses is zero; other months
    are not kept in funds and say nothing. Funds in several currencies do not add up: nothing.
    """
    begun = month_first(first)
    limits = list(_limits(scope, begun, last))
    spent = list(_expenses(scope, begun, last))
    if len({currency for *_rest, currency in [*limits, *spent]}) > 1:
        return {}
    found: dict[str, Days] = defaultdict(lambda: defaultdict(Decimal))
    for code, month, amount, _currency in limits:
        for number, day in enumerate(_month(month), start=1):
            found["fund_limit"][day] += amount
            found["fund_planned"][day] += _share(amount, number, month)
            if code == OPERATING:
                found["operating_fund_limit"][day] += amount
        if code == ANNUAL:
            found["annual_fund_added"][month] += amount
    kept = {month for _code, month, *_rest in limits}
    operating = {month for code, month, *_rest in limits if code == OPERATING}
    for code, whole, day, has_document, amount, _currency in spent:
        found["fund_spent"][day] += amount
        kept.add(month_first(day))
        family = whole or code
        if family == OPERATING:
            found["operating_fund_spent"][day] += amount
            operating.add(month_first(day))
        if family == HEAD:
            found["head_fund_spent"][day] += amount
            found["head_fund_documented"][day] += amount if has_document else ZERO
        if code == ANNUAL:
            found["annual_fund_paid"][day] += amount
    for name, months in (("fund_spent", kept), ("operating_fund_spent", operating)):
        for month in months:
            for day in _month(month):
                found[name][day] += ZERO
    return {
        name: {day: amount for day, amount in days.items() if first <= day <= last}
        for name, days in found.items()
    }


def _limits(scope: Scope, begun: dt.date, last: dt.date) -> list[tuple[str, dt.date, Decimal, str]]:
    """(model code, month, limit in force, currency) of the funds that have money of their own: a
    fund with pots has what its pots have, a line only narrows its fund's."""
    pots = Fund.objects.filter(parent=OuterRef("fund"), kind=Fund.Kind.POT)
    return list(
        FundLimit.objects.filter(
            fund__department__scope__path__startswith=scope.path, month__gte=begun, month__lte=last
        )
        .filter(Q(fund__kind=Fund.Kind.POT) | Q(fund__kind=Fund.Kind.FUND) & ~Exists(pots))
        .order_by("fund_id", "month", "-pk")
        .distinct("fund_id", "month")
        .values_list("fund__model_code", "month", "amount", CURRENCY)
    )


def _expenses(
    scope: Scope, begun: dt.date, last: dt.date
) -> list[tuple[str, str | None, dt.date, bool, Decimal, str]]:
    """(model code, that of the fund around it, day, whether it has a document, sum, currency)."""
    has_document = ~Q(document_no="") | ~Q(document_url="")
    return list(
        Expense.objects.kept()
        .filter(fund__department__scope__path__startswith=scope.path, day__gte=begun, day__lte=last)
        .order_by()
        .annotate(around=F("fund__parent__model_code"), documented=has_document)
        .values_list("fund__model_code", "around", "day", "documented")
        .annotate(Sum("amount"), currency=F(CURRENCY))
    )


def _month(month: dt.date) -> list[dt.date]:
    days = calendar.monthrange(month.year, month.month)[1]
    return list(days_between(month, month.replace(day=days)))


def _share(amount: Decimal, number: int, month: dt.date) -> Decimal:
    """What the plan gives to day ``number`` of the month; the days add up to ``amount``."""
    days = calendar.monthrange(month.year, month.month)[1]
    return _until(amount, number, days) - _until(amount, number - 1, days)


def _until(amount: Decimal, number: int, days: int) -> Decimal:
    return (amount * number / days).quantize(KOPECK, rounding=ROUND_DOWN)
