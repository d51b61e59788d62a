"""Rows of credit of one order or refund: who gets what by every model, to the kopeck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from kpis.indicators.engine.attribution import (
    STATEMENTS,
    UNKNOWN,
    Model,
    Outcome,
    Rung,
    Trace,
    apportion,
    split,
)
from kpis.indicators.models import OrderCredit, OrderOverride
from kpis.indicators.selectors.attribution_rules import Ground
from kpis.indicators.selectors.order_traces import Case
from kpis.register.models import Refund

Role = OrderCredit.Role
Place = tuple[str, int | None, int | None]


@dataclass(slots=True)
class Part:
    """One channel's part: ``sums`` in kopecks by model."""

    channel: str
    direction: int | None = None
    subject: int | None = None
    traces: list[Trace] = field(default_factory=list)
    sums: dict[Model, int] = field(default_factory=lambda: dict.fromkeys(Model, 0))

    def best(self) -> Trace:
        """What speaks for the channel: the strongest of its traces, the latest of equals."""
        return max(self.traces, key=lambda one: (one.may_win, -one.rung, one.at, -one.number))


def kopecks(amount: Decimal) -> int:
    return int(amount * 100)


def roubles(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def order_rows(case: Case, ground: Ground, fingerprint: str) -> list[OrderCredit]:
    """The rows of an order as the evidence stands, unsaved. Over them every model's column comes to
    the order's sum; one row is primary."""
    order, outcome = case.order, case.outcome(ground)
    rule, policy = ground.rule_of(case.day), ground.policy_of(case.day)
    parts = _parts(outcome)
    total = kopecks(order.amount)
    for model in Model:
        shares = split(outcome, case.at, total, model, policy)
        places = [_place(trace) for trace in outcome.path] or [_NOWHERE]
        for place, share in zip(places, shares, strict=True):
            parts[place].sums[model] += share
    chosen = {place: part.sums[policy.model] for place, part in parts.items()}
    winner = _NOWHERE if outcome.primary is None else _place(outcome.primary)
    if policy.model is not Model.LADDER and total:
        winner = max(chosen, key=lambda place: (abs(chosen[place]), place == winner))
    if case.override is not None:
        winner, chosen = _overridden(case.override, parts, total)
    for place in [place for place in parts if place != winner and _is_note(parts[place])]:
        del parts[place], chosen[place]
    margins: dict[Place, int] | None = None
    if order.margin is not None:
        spread = _apportioned(kopecks(order.margin), list(chosen.values()), list(chosen), winner)
        margins = dict(zip(chosen, spread, strict=True))
    code = _code_place(case, parts)
    rows = []
    for number, (place, part) in enumerate(parts.items()):
        speaks = part.best() if part.traces else None
        said = case.override if case.override is not None and place == winner else None
        rung = Rung.MANAGER if said else speaks.rung if speaks else Rung.DIRECT
        row = OrderCredit(
            stream_id=order.stream_id,
            kind=OrderCredit.Kind.ORDER,
            key=order.key,
            number=number,
            day=case.day,
            at=speaks.at if speaks else case.at,
            role=Role.PRIMARY if place == winner else Role.ASSIST,
            rung=rung,
            channel=part.channel,
            direction_id=part.direction,
            subject_id=part.subject,
            currency=order.currency,
            amount=roubles(chosen[place]),
            margin=None if margins is None else roubles(margins[place]),
            discount=order.discount if place == code else None,
            code=next((one.code for one in part.traces if one.code), "")[:80],
            evidence=(speaks.evidence if speaks else "")[:300],
            rule=rule,
            override=said,
            fingerprint=fingerprint,
        )
        for model in Model:
            setattr(row, model.value, roubles(part.sums[model]))
        rows.append(row)
    return rows


def kept_rows(case: Case, old: Sequence[OrderCredit], fingerprint: str) -> list[OrderCredit]:
    """The rows of an order of a closed month: its channels and their shares stay as they were, only
    the sums follow the order's."""
    rows = _rescaled(old, kopecks(case.order.amount))
    if case.order.margin is None:
        margins: list[int] | None = None
    else:
        before = [kopecks(row.amount) for row in rows]
        margins = _apportioned(kopecks(case.order.margin), before, rows, _primary(rows))
    code = next((row for row in rows if row.discount is not None), None)
    for number, row in enumerate(rows):
        row.margin = None if margins is None else roubles(margins[number])
        row.discount = case.order.discount if row is code else None
        row.currency = case.order.currency
        row.fingerprint = fingerprint
    return rows


def refund_rows(
    refund: Refund, origin: Sequence[OrderCredit], ground: Ground, fingerprint: str
) -> list[OrderCredit]:
    """Money given back: on its own day, to the channels of the order it was paid for, in their
    shares. Nobody knows the channel where the order is not known."""
    total = -kopecks(refund.amount)
    at = ground.moment_of(refund.day)
    if not origin:
        origin = [
            OrderCredit(
                number=0,
                role=Role.PRIMARY,
                rung=Rung.DIRECT,
                channel=UNKNOWN,
                amount=Decimal(0),
                **{model.value: Decimal(0) for model in Model},
            )
        ]
    rows = _rescaled(origin, total)
    for row in rows:
        row.pk = None
        row.stream_id = refund.stream_id
        row.kind = OrderCredit.Kind.REFUND
        row.key = refund.key
        row.order = refund.order
        row.day = refund.day
        row.at = at
        row.currency = refund.currency
        row.margin = row.discount = row.override = None
        row.fingerprint = fingerprint
    return rows


_NOWHERE: Place = (UNKNOWN, None, None)


def _place(trace: Trace) -> Place:
    return trace.channel, trace.direction, trace.subject


def _parts(outcome: Outcome) -> dict[Place, Part]:
    """A part for each channel that was seen in the window, in the order of time; what was only said
    has one where it may get money."""
    parts: dict[Place, Part] = {}
    seen = {trace.number: trace for trace in (*outcome.path, *outcome.assists)}
    for trace, _verdict in outcome.verdicts:
        paid = trace.rung not in STATEMENTS or trace is outcome.primary
        if trace.number in seen and (paid or not _touched(outcome)):
            part = parts.setdefault(_place(trace), Part(*_place(trace)))
            part.traces.append(trace)
    for trace in outcome.path:  # weighed nothing, yet every share needs its place
        part = parts.setdefault(_place(trace), Part(*_place(trace)))
        if trace not in part.traces:
            part.traces.append(trace)
    if outcome.primary is None:
        parts.setdefault(_NOWHERE, Part(UNKNOWN))
    return parts


def _is_note(part: Part) -> bool:
    """What was only said and gets nothing by any model is no assist."""
    said = all(trace.rung in STATEMENTS for trace in part.traces)
    return said and not any(part.sums.values())


def _touched(outcome: Outcome) -> bool:
    return any(one.rung not in STATEMENTS and not one.is_direct for one in outcome.path)


def _overridden(
    word: OrderOverride, parts: dict[Place, Part], total: int
) -> tuple[Place, dict[Place, int]]:
    """A person's recorded word takes the whole order; what the models say stays for comparison."""
    same = (place for place in parts if place[:2] == (word.channel, word.direction_id))
    winner = next(same, (word.channel, word.direction_id, None))
    parts.setdefault(winner, Part(word.channel, word.direction_id))
    for place, part in parts.items():
        part.sums[Model.LADDER] = total if place == winner else 0
    return winner, {place: total if place == winner else 0 for place in parts}


def _code_place(case: Case, parts: dict[Place, Part]) -> Place | None:
    """Whose code gave the discount: the order's own code, else any that was seen."""
    wanted = case.order.promo_code.upper()
    found: list[tuple[bool, int, Place]] = [
        (trace.code.upper() != wanted, trace.rung, place)
        for place, part in parts.items()
        for trace in part.traces
        if trace.code
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _rescaled(old: Iterable[OrderCredit], total: int) -> list[OrderCredit]:
    """The same rows with every column brought to ``total`` in unchanged proportions."""
    rows = [_copy(row) for row in sorted(old, key=lambda row: row.number)]
    for name in ("amount", *(model.value for model in Model)):
        before = [kopecks(getattr(row, name)) for row in rows]
        for row, part in zip(rows, _apportioned(total, before, rows, _primary(rows)), strict=True):
            setattr(row, name, roubles(part))
    return rows


def _apportioned(
    total: int, before: Sequence[int], places: Sequence[object], primary: object
) -> list[int]:
    """In proportion to what the parts were; all to the primary one where they were nothing."""
    if any(before):
        return apportion(total, [Fraction(abs(part)) for part in before])
    return [total if place is primary or place == primary else 0 for place in places]


def _primary(rows: Sequence[OrderCredit]) -> OrderCredit:
    return next(row for row in rows if row.role == Role.PRIMARY)


def _copy(row: OrderCredit) -> OrderCredit:
    values = {field.attname: getattr(row, field.attname) for field in OrderCredit._meta.fields}
    values.pop("id")
    return OrderCredit(**values)
