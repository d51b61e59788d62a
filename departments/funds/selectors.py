"""What a fund may spend, has spent and has left: figures of a month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from config.lib.dates import month_first
from departments.funds.models import Expense, Fund, FundLimit
from staff.accounts.models import Scope

ByMonth = dict[int, Decimal]  # month number → amount
ZERO = Decimal(0)


@dataclass(slots=True)
class FundRow:
    """One fund in one month. ``limit`` None: not set. ``available`` None: nothing says how much.

    ``spent`` of a fund includes its lines and pots. ``has_pots``: the money is in the parts.
    """

    fund: Fund
    limit: Decimal | None
    spent: Decimal
    available: Decimal | None = None
    parts: list[FundRow] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        return self.fund.archived_at is None or bool(self.limit or self.spent)

    @property
    def has_pots(self) -> bool:
        return any(part.fund.kind == Fund.Kind.POT for part in self.parts)


@dataclass(frozen=True, slots=True)
class FundSummary:
    """Funds under a scope in a month. Totals are None where nothing is set or currencies differ."""

    month: dt.date
    rows: list[FundRow]
    currency: str
    limit: Decimal | None
    spent: Decimal | None
    available: Decimal | None


def fund_summary(scope: Scope, month: dt.date) -> FundSummary:
    """The funds of the departments under ``scope`` as a tree; those no longer in use only in months
    in which they have figures. Three queries."""
    funds = Fund.objects.filter(department__scope__path__startswith=scope.path)
    rows = [
        row for row in fund_rows(funds.select_related("department__company"), month) if row.is_shown
    ]
    for row in rows:
        row.parts = [part for part in row.parts if part.is_shown]
    currencies = {row.fund.currency for row in rows}
    one = len(currencies) == 1
    return FundSummary(
        month=month_first(month),
        rows=rows,
        currency=currencies.pop() if one else "",
        limit=_total(row.limit for row in rows) if one else None,
        spent=_total(row.spent for row in rows) if one else None,
        available=_total(row.available for row in rows) if one else None,
    )


def fund_rows(funds: Iterable[Fund], month: dt.date) -> list[FundRow]:
    """``funds`` as a tree with their figures in ``month``. Two queries besides the funds' own."""
    # The model's funds first, in its order, then the company's own.
    known = sorted(funds, key=lambda each: (not each.model_code, each.model_code, each.name))
    limits = limits_of_year(known, month.year)
    spent = _spent_of_year(known, month.year)
    parts = defaultdict(list)
    for each in known:
        if each.parent_id:
            parts[each.parent_id].append(each)
    return [
        _row(each, parts[each.pk], limits, spent, month.month)
        for each in known
        if not each.parent_id
    ]


def fund_row(fund: Fund, month: dt.date) -> FundRow:
    """The figures of one fund, found through the whole of which it is a part."""
    whole = fund.parent_id or fund.pk
    family = Fund.objects.filter(pk=whole) | Fund.objects.filter(parent_id=whole)
    top = fund_rows(family.select_related("department__company"), month)[0]
    return next(row for row in (top, *top.parts) if row.fund.pk == fund.pk)


def limits_of_year(funds: Iterable[Fund], year: int) -> dict[int, ByMonth]:
    """Fund id → the limit in force by month; a month without one is absent."""
    newest = (
        FundLimit.objects.filter(fund__in=[each.pk for each in funds], month__year=year)
        .order_by("fund_id", "month", "-pk")
        .distinct("fund_id", "month")
    )
    found: dict[int, ByMonth] = defaultdict(dict)
    for row in newest:
        found[row.fund_id][row.month.month] = row.amount
    return found


def _spent_of_year(funds: Iterable[Fund], year: int) -> dict[int, ByMonth]:
    sums = (
        Expense.objects.kept()
        .filter(fund__in=[each.pk for each in funds], day__year=year)
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values_list("fund", "month")
        .annotate(Sum("amount"))
    )
    found: dict[int, ByMonth] = defaultdict(dict)
    for fund_id, month, amount in sums:
        found[fund_id][month.month] = amount
    return found


def _row(
    fund: Fund,
    parts: list[Fund],
    limits: dict[int, ByMonth],
    spent: dict[int, ByMonth],
    month: int,
) -> FundRow:
    # A line spends the fund's money, a pot its own.
    lines = [spent.get(each.pk, {}) for each in parts if each.kind == Fund.Kind.LINE]
    whole = _figures(fund, limits.get(fund.pk, {}), _added([spent.get(fund.pk, {}), *lines]), month)
    whole.parts = [
        _figures(each, limits.get(each.pk, {}), spent.get(each.pk, {}), month) for each in parts
    ]
    if whole.has_pots:
        pots = [part for part in whole.parts if part.fund.kind == Fund.Kind.POT]
        whole.limit = _total(part.limit for part in pots)
        whole.available = _total(part.available for part in pots)
        whole.spent += sum((part.spent for part in pots), ZERO)
    for part in whole.parts:
        if part.fund.kind == Fund.Kind.LINE:
            rests = [rest for rest in (part.available, whole.available) if rest is not None]
            part.available = min(rests) if whole.available is not None else None
    return whole


def _figures(fund: Fund, limits: ByMonth, spent: ByMonth, month: int) -> FundRow:
    return FundRow(
        fund, limits.get(month), spent.get(month, ZERO), _rest(fund, limits, spent, month)
    )


def _rest(fund: Fund, limits: ByMonth, spent: ByMonth, month: int) -> Decimal | None:
    """What may still be spent in ``month``. A fund that accrues keeps what earlier months left, and
    must not lose what later months have spent already."""
    if not fund.accrues:
        return limits[month] - spent.get(month, ZERO) if month in limits else None
    if not any(known <= month for known in limits):
        return None
    rests = []
    for until in range(month, 13):
        given = sum((amount for known, amount in limits.items() if known <= until), ZERO)
        taken = sum((amount for known, amount in spent.items() if known <= until), ZERO)
        rests.append(given - taken)
    return min(rests)


def _added(amounts: Iterable[ByMonth]) -> ByMonth:
    total: ByMonth = defaultdict(Decimal)
    for by_month in amounts:
        for month, amount in by_month.items():
            total[month] += amount
    return total


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None
