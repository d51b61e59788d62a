"""Metrics that attribution measures: orders, revenue and margin given to channels."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, When

from departments.structure.models import Direction
from kpis.indicators.engine.attribution import UNKNOWN
from kpis.indicators.measured import Measured, register_measured
from kpis.indicators.models import OrderCredit
from kpis.indicators.selectors.attribution import credits_of, currency_of
from kpis.indicators.selectors.scope import figures_scope
from staff.accounts.models import Scope

ORDERS, NOBODYS = "attributed_orders", "unattributed_orders"
REVENUE, MARGIN = "attributed_revenue", "attributed_margin"


def attributed(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """Day by day under ``scope``; for a direction what its channels brought, out of the orders of
    its department. A day of orders of which none is a direction's is a measured zero; a day without
    any order is not measured. What nobody knows the source of is in `NOBODYS` only. Money of other
    currencies than the company's enters no sum.
    """
    direction = None
    if scope.kind == Scope.Kind.DIRECTION:
        direction = Direction.objects.select_related("department__company__scope").get(scope=scope)
        scope = figures_scope(direction.department)
    own = Q() if direction is None else Q(direction=direction)
    order, primary = Q(kind=OrderCredit.Kind.ORDER), Q(role=OrderCredit.Role.PRIMARY)
    money = own & Q(currency=currency_of(scope)) & ~Q(channel=UNKNOWN)
    days = (
        credits_of(scope, first, last)
        .order_by()
        .values("day")
        .annotate(
            orders=Count("pk", filter=order & primary & own & ~Q(channel=UNKNOWN)),
            nobodys=Count("pk", filter=order & primary & own & Q(channel=UNKNOWN)),
            revenue=Sum(_if(money, "amount")),
            gain=Sum(_if(money & order & Q(margin__isnull=False), "margin")),
        )
        .values_list("day", "orders", "nobodys", "revenue", "gain")
    )
    found: dict[str, dict[dt.date, Decimal]] = {
        code: {} for code in (ORDERS, NOBODYS, REVENUE, MARGIN)
    }
    for day, orders, nobodys, revenue, gain in days:
        found[ORDERS][day] = Decimal(orders)
        found[NOBODYS][day] = Decimal(nobodys)
        found[REVENUE][day] = Decimal(0) if revenue is None else revenue
        if gain is not None:
            found[MARGIN][day] = gain
    return found


def orders_by_direction(
    place: Scope, first: dt.date, last: dt.date
) -> dict[int, dict[dt.date, Decimal]]:
    """Attributed orders of every direction by its id, out of the orders of ``place``. Two
    queries."""
    known = credits_of(place, first, last).filter(
        kind=OrderCredit.Kind.ORDER, role=OrderCredit.Role.PRIMARY, direction__isnull=False
    )
    found: dict[int, dict[dt.date, Decimal]] = {}
    counts = known.order_by().values("direction", "day").annotate(orders=Count("pk"))
    for direction, day, orders in counts.values_list("direction", "day", "orders"):
        found.setdefault(direction, {})[day] = Decimal(orders)
    return found


def _if(condition: Q, name: str) -> Case:
    return Case(When(condition, then=F(name)))


register_measured(ORDERS, NOBODYS, REVENUE, MARGIN, provider=attributed)
