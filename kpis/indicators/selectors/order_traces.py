"""Orders as attribution takes them: each with all that the register knows of where it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kpis.indicators.engine.attribution import Outcome, Trace, judge
from kpis.indicators.engine.channels import Channels, Kind, Seen
from kpis.indicators.models import OrderOverride
from kpis.indicators.selectors.attribution_rules import Ground
from kpis.register.models import Enquiry, Order, Stream, Touch

CODE_KINDS = ("coupon", "promo_code", "qr")


@dataclass(frozen=True, slots=True)
class Case:
    """An order, its moment and day for the company, what was seen, and a person's own word."""

    order: Order
    at: dt.datetime
    day: dt.date
    seen: tuple[Seen, ...]
    line: str = ""
    line_at: dt.datetime | None = None
    override: OrderOverride | None = None

    def traces(self, channels: Channels) -> list[Trace]:
        """The number that was called is evidence only where a rule knows it."""
        seen = list(self.seen)
        if self.line and self.line_at:
            call = Seen("tracking_number", self.line, self.line_at, told="enquiry")
            known = channels.rule_for(Kind.NUMBER, call)
            told = any(one.kind == "tracking_number" for one in seen)
            if known is not None and not told:
                seen.append(call)
        return channels.traces(seen)

    def outcome(self, ground: Ground) -> Outcome:
        return judge(self.traces(ground.channels_of(self.day)), self.at, ground.policy_of(self.day))


def cases(
    *, streams: Sequence[int], stream: int, keys: Collection[str], ground: Ground
) -> dict[str, Case]:
    """The orders of one stream by key; ``streams`` are all of its source. Four queries."""
    orders = {order.key: order for order in Order.objects.filter(stream=stream, key__in=list(keys))}
    asked = {order.enquiry for order in orders.values() if order.enquiry}
    enquiries = {
        enquiry.key: enquiry
        for enquiry in Enquiry.objects.filter(stream__in=streams, key__in=asked).order_by(
            "-stream_id"
        )
    }
    touches: dict[tuple[str, str], list[Touch]] = {}
    own = Touch.objects.filter(stream=stream, owner=Touch.Owner.ORDER, key__in=list(orders))
    theirs = Touch.objects.filter(
        stream__in=streams, owner=Touch.Owner.ENQUIRY, key__in=list(enquiries)
    )
    for touch in own.union(theirs, all=True).order_by("stream_id", "number"):
        touches.setdefault((touch.owner, touch.key), []).append(touch)
    words = overrides(stream=stream, keys=list(orders))
    return {
        key: _case(order, enquiries.get(order.enquiry), touches, words.get(key), ground)
        for key, order in orders.items()
    }


def overrides(*, stream: int, keys: Collection[str]) -> dict[str, OrderOverride]:
    """The words in force by order. One query."""
    found: dict[str, OrderOverride] = {}
    for row in OrderOverride.objects.filter(stream=stream, key__in=list(keys)):
        found.setdefault(row.key, row)
    return {key: row for key, row in found.items() if row.channel}


def streams_of(stream: int) -> list[int]:
    """All streams of the source that ``stream`` belongs to. One query."""
    same = Stream.objects.filter(source__streams=stream)
    return list(same.values_list("pk", flat=True))


def _case(
    order: Order,
    enquiry: Enquiry | None,
    touches: dict[tuple[str, str], list[Touch]],
    override: OrderOverride | None,
    ground: Ground,
) -> Case:
    at = order.ordered_at or ground.moment_of(order.day)
    seen: list[Seen] = []
    if enquiry is not None:
        told = touches.get(("enquiry", enquiry.key), ())
        seen += [_seen(touch, enquiry.at, "enquiry") for touch in told]
        if enquiry.channel:
            seen.append(Seen("crm_source", enquiry.channel, at))
    before = {replace(one, at=at, told="") for one in seen}
    for touch in touches.get(("order", order.key), ()):
        one = _seen(touch, at, "order")
        # A deal repeats what its lead told; the lead knew the moment.
        if touch.at is None and replace(one, told="") in before:
            continue
        seen.append(one)
    codes = {one.value.upper() for one in seen if one.kind in CODE_KINDS}
    if order.promo_code and order.promo_code.upper() not in codes:
        seen.append(Seen("promo_code", order.promo_code, at, told="order"))
    if order.channel:
        seen.append(Seen("crm_source", order.channel, at))
    call: dict[str, Any] = {}
    if enquiry is not None and enquiry.kind == Enquiry.Kind.CALL and enquiry.line:
        call = {"line": enquiry.line, "line_at": enquiry.at}
    day = ground.day_of(order.ordered_at, order.day)
    return Case(order, at, day, tuple(dict.fromkeys(seen)), override=override, **call)


def _seen(touch: Touch, moment: dt.datetime, told: str) -> Seen:
    return Seen(
        touch.kind,
        touch.value,
        touch.at or moment,
        touch.source,
        touch.medium,
        touch.campaign,
        touch.content,
        touch.term,
        told,
    )
