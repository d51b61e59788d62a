"""Read models of attribution: channels over a period, the orders of a channel, one order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from departments.structure.models import Company, Department
from kpis.indicators.engine.attribution import DIRECT, UNKNOWN, Model, Trace, Verdict
from kpis.indicators.models import AttributionJob, ChannelRule, OrderCredit, OrderOverride
from kpis.indicators.models.attribution import MODELS
from kpis.indicators.selectors.attribution_rules import Ground, ground, rules_scope
from kpis.indicators.selectors.order_traces import cases, overrides, streams_of
from kpis.indicators.selectors.scope import figures_scope
from kpis.register.connectors.records import OrderStatus
from kpis.register.models import Order, Refund
from kpis.register.selectors.series import counted
from staff.accounts.models import Scope

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SOLD = (OrderStatus.PLACED, OrderStatus.PAID)
ORDER, REFUND = OrderCredit.Kind.ORDER, OrderCredit.Kind.REFUND
PRIMARY, ASSIST = OrderCredit.Role.PRIMARY, OrderCredit.Role.ASSIST
ZERO = Decimal(0)


def counted_streams(scope: Scope) -> list[int]:
    """Streams under ``scope`` whose orders count. One query."""
    return list(counted(scope, ["orders"]).values_list("stream_id", flat=True))


def credits_of(scope: Scope, first: dt.date, last: dt.date) -> QuerySet[OrderCredit]:
    """Credits of the days, both included, under a scope of figures."""
    streams = counted_streams(scope)
    return OrderCredit.objects.filter(stream__in=streams, day__gte=first, day__lte=last)


def currency_of(scope: Scope) -> str:
    """The money of the company that ``scope`` lies in or is."""
    company = Company.objects.filter(scope__in=scope.ancestor_ids()).first()
    return company.currency if company else "RUB"


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel (or the total). ``refunds`` is not negative; ``other`` is the net sum by the
    model compared with, None without one; ``share`` is of the net total."""

    channel: str
    orders: int
    assists: int
    revenue: Decimal
    refunds: Decimal
    discount: Decimal
    other: Decimal | None
    share: Decimal | None

    @property
    def net(self) -> Decimal:
        return self.revenue - self.refunds

    @property
    def difference(self) -> Decimal | None:
        return None if self.other is None else self.other - self.net

    @property
    def is_unknown(self) -> bool:
        return self.channel == UNKNOWN

    @property
    def is_direct(self) -> bool:
        return self.channel == DIRECT


@dataclass(frozen=True, slots=True)
class ChannelTable:
    """``told`` is the register's own net total of the orders that have credits, ``waiting`` how
    many have none yet, ``foreign`` how many are in other money and enter no sum."""

    lines: tuple[ChannelLine, ...]
    total: ChannelLine
    told: Decimal
    waiting: int
    foreign: int
    currency: str

    @property
    def agrees(self) -> bool:
        return self.told == self.total.net


def channel_table(
    *, department: Department, first: dt.date, last: dt.date, other: Model | None = None
) -> ChannelTable:
    """What every channel brought from ``first`` to ``last``. Six queries."""
    scope, currency = figures_scope(department), department.company.currency
    rows = credits_of(scope, first, last)
    order, primary, own = Q(kind=ORDER), Q(role=PRIMARY), Q(currency=currency)
    groups = (
        rows.order_by()
        .values("channel")
        .annotate(
            orders=Count("pk", filter=order & primary),
            assists=Count("pk", filter=order & Q(role=ASSIST) & ~Q(channel__in=[UNKNOWN, DIRECT])),
            revenue=Sum("amount", filter=order & own),
            refunds=Sum("amount", filter=Q(kind=REFUND) & own),
            discounts=Sum("discount", filter=order & own),
            compared=Sum(other.value if other else "amount", filter=own),
        )
    )
    found = list(groups)
    net = sum(((one["revenue"] or ZERO) + (one["refunds"] or ZERO) for one in found), ZERO)
    lines = sorted(
        (_line(one, net, other) for one in found),
        key=lambda line: (line.is_unknown, -line.net, line.channel),
    )
    return ChannelTable(
        tuple(lines),
        _total(lines, net, other),
        _told(rows, currency),
        _waiting(scope, first, last),
        rows.filter(order & primary).exclude(own).count(),
        currency,
    )


def _line(one: Mapping[str, Any], net: Decimal, other: Model | None) -> ChannelLine:
    revenue, refunds = one["revenue"] or ZERO, -(one["refunds"] or ZERO)
    return ChannelLine(
        one["channel"],
        one["orders"],
        one["assists"],
        revenue,
        refunds,
        one["discounts"] or ZERO,
        (one["compared"] or ZERO) if other else None,
        (revenue - refunds) / net if net > 0 else None,
    )


def _total(lines: Sequence[ChannelLine], net: Decimal, other: Model | None) -> ChannelLine:
    return ChannelLine(
        "",
        sum(line.orders for line in lines),
        sum(line.assists for line in lines),
        sum((line.revenue for line in lines), ZERO),
        sum((line.refunds for line in lines), ZERO),
        sum((line.discount for line in lines), ZERO),
        sum((line.other or ZERO for line in lines), ZERO) if other else None,
        Decimal(1) if net > 0 else None,
    )


def _told(rows: QuerySet[OrderCredit], currency: str) -> Decimal:
    """The register's own sums of the same orders and refunds: not added up from parts."""
    asked = rows.filter(role=PRIMARY).values("stream_id", "key")
    mine = {"stream_id": OuterRef("stream_id"), "key": OuterRef("key")}
    orders = Order.objects.filter(
        Exists(asked.filter(kind=ORDER, **mine)), currency=currency, status__in=SOLD
    )
    refunds = Refund.objects.filter(Exists(asked.filter(kind=REFUND, **mine)), currency=currency)
    sold = orders.aggregate(sum=Sum("amount"))["sum"] or ZERO
    back = refunds.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return Decimal(sold) - Decimal(back)


def _waiting(scope: Scope, first: dt.date, last: dt.date) -> int:
    credited = OrderCredit.objects.filter(
        stream=OuterRef("stream_id"), kind=ORDER, key=OuterRef("key")
    )
    orders = Order.objects.filter(
        ~Exists(credited),
        stream__in=counted_streams(scope),
        status__in=SOLD,
        day__gte=first,
        day__lte=last,
    )
    return orders.values("key").count()


def jobs_of(department: Department) -> list[AttributionJob]:
    """The work on the department's sources that is not simply done. One query."""
    under = figures_scope(department).path
    rows = AttributionJob.objects.filter(source__scope__path__startswith=under)
    return list(rows.exclude(state=AttributionJob.State.DONE).select_related("source"))


def channel_orders(*, department: Department) -> QuerySet[OrderCredit]:
    """Parts of the department's orders and refunds with their sources, the newest first."""
    streams = counted_streams(figures_scope(department))
    rows = OrderCredit.objects.filter(stream__in=streams)
    return rows.select_related("stream__source", "direction").order_by("-day", "key", "number")


def channel_names(scope: Scope) -> list[str]:
    """Names to choose from: those that rules give."""
    ruled = ChannelRule.objects.filter(scope=scope).values_list("channel", flat=True)
    return sorted({name for name in ruled if name})


def order_url(stream: int, key: str) -> str:
    """The page of an order. The key stands in the query: it may be any text."""
    return f"{reverse('indicators:attribution-order', args=[stream])}?{urlencode({'key': key})}"


@dataclass(frozen=True, slots=True)
class Step:
    """A trace of an order and what became of it."""

    trace: Trace
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class OrderStory:
    """``steps`` tell how the evidence stands today; ``credits`` what was booked, which in a closed
    month may differ."""

    order: Order
    at: dt.datetime
    day: dt.date
    steps: tuple[Step, ...]
    credits: tuple[OrderCredit, ...]
    refunds: tuple[OrderCredit, ...]
    override: OrderOverride | None
    words: tuple[OrderOverride, ...]
    is_closed: bool
    ground: Ground

    @property
    def primary(self) -> OrderCredit | None:
        return next((row for row in self.credits if row.role == PRIMARY), None)

    @property
    def primary_step(self) -> Step | None:
        return next((step for step in self.steps if step.verdict is Verdict.WON), None)


def order_story(order: Order) -> OrderStory:
    """Why an order stands with its channel. About fifteen queries."""
    stream, key = order.stream_id, order.key
    at = ground(rules_scope(order.stream.source.scope))
    streams = streams_of(stream)
    case = cases(streams=streams, stream=stream, keys=[key], ground=at)[key]
    steps = tuple(Step(trace, verdict) for trace, verdict in case.outcome(at).verdicts)
    credits = OrderCredit.objects.select_related("direction", "rule", "override__author")
    words = OrderOverride.objects.filter(stream=stream, key=key).select_related(
        "author", "direction"
    )
    return OrderStory(
        order,
        case.at,
        case.day,
        steps,
        tuple(credits.filter(stream=stream, kind=ORDER, key=key).order_by("-amount", "number")),
        tuple(credits.filter(stream__in=streams, kind=REFUND, order=key).order_by("day", "number")),
        overrides(stream=stream, keys=[key]).get(key),
        tuple(words),
        at.is_closed(case.day),
        at,
    )


def by_models(
    credits: Sequence[OrderCredit],
) -> list[tuple[str, StrOrPromise, list[Decimal], Decimal]]:
    """Model, its name, what it gives to each of ``credits``, and their sum."""
    found: list[tuple[str, StrOrPromise, list[Decimal], Decimal]] = []
    for code, name in MODELS:
        parts = [getattr(row, code) for row in credits]
        found.append((code, name, parts, sum(parts, ZERO)))
    return found
