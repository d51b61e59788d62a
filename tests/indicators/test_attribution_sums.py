"""The page's sums beside a slow reading of the raw rows that shares no code with the product."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal, getcontext

import pytest

from kpis.indicators.engine.attribution import Model
from kpis.indicators.models import OrderCredit
from kpis.indicators.selectors.attribution import channel_table
from kpis.register.connectors.records import OrderRecord, Record, RefundRecord, Touch, TouchKind
from kpis.register.models import Source
from tests.factories import Tree
from tests.indicators.orders import NOON, TODAY, attribute, bought
from tests.register.pages.told import refund, tell

FIRST = TODAY - dt.timedelta(days=20)
CHANNELS = ["VK", "email", "Директ", "(direct)"]
Split = dict[str, int]
Trace = tuple[dt.datetime, str]


def records(seed: int) -> tuple[list[Record], dict[str, tuple[int, list[Trace], dt.date]]]:
    """Orders with up to six links each, and refunds of some of them."""
    chance = random.Random(seed)  # noqa: S311  # not a secret
    found: list[Record] = []
    raw = {}
    for number in range(60):
        key, at = str(number), NOON - dt.timedelta(days=chance.randrange(20))
        kopecks = chance.randrange(1, 2_000_000)
        # Every moment once, so that no tie needs a rule.
        hours = chance.sample(range(-24, 1000), chance.randrange(6))
        traces = [
            (
                at - dt.timedelta(hours=back, seconds=chance.randrange(1, 3000)),
                chance.choice(CHANNELS),
            )
            for back in hours
        ]
        touches = [Touch(TouchKind.UTM, at=when, source=name) for when, name in traces]
        amount = str(Decimal(kopecks).scaleb(-2))
        found.append(bought(key, *touches, at=at, day=at.date(), amount=amount))
        raw[key] = (kopecks, [trace for trace in traces if fits(trace[0], at)], at.date())
        if chance.random() < 0.3:
            back = str(Decimal(chance.randrange(1, kopecks + 1)).scaleb(-2))
            found.append(refund(f"r{number}", back, day=TODAY, order=key))
    return found, raw


def fits(when: dt.datetime, at: dt.datetime) -> bool:
    return at - dt.timedelta(hours=720) <= when <= at


def reference(kopecks: int, traces: list[Trace], at: dt.datetime, model: Model) -> Split:
    """Who gets how many kopecks, in the plainest words."""
    path = sorted(traces)
    if not path:
        return {"": kopecks}
    useful = [trace for trace in path if trace[1] != "(direct)"] or path[-1:]
    if model is Model.LAST:
        return {path[-1][1]: kopecks}
    if model in {Model.LADDER, Model.LAST_NON_DIRECT}:
        return {useful[-1][1]: kopecks}
    if model is Model.FIRST:
        only_direct = all(name == "(direct)" for _when, name in path)
        return {(path if only_direct else useful)[0][1]: kopecks}
    size = len(useful)
    if model is Model.LINEAR:
        shares = [Decimal(1)] * size
    elif model is Model.POSITION:
        middle = Decimal("0.2") / (size - 2) if size > 2 else Decimal(0)
        shares = [Decimal("0.4"), *[middle] * (size - 2), Decimal("0.4")] if size > 2 else []
        shares = shares or [Decimal(1)] * size
    else:
        week = Decimal(7 * 24 * 3600)
        ages = [Decimal(int((at - when).total_seconds())) for when, _name in useful]
        shares = [Decimal("0.5") ** (age / week) for age in ages]
    exact = [kopecks * share / sum(shares) for share in shares]
    parts = [int(part) for part in exact]
    rest = sorted(range(size), key=lambda one: (-(exact[one] - parts[one]), one))
    for one in rest[: kopecks - sum(parts)]:
        parts[one] += 1
    found: Split = defaultdict(int)
    for part, (_when, name) in zip(parts, useful, strict=True):
        found[name] += part
    return dict(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_model_comes_to_what_a_slow_reading_says(
    seed: int, source: Source, tree: Tree
) -> None:
    getcontext().prec = 50
    told, raw = records(seed)
    tell(source, *told)
    attribute(source)
    refunds = OrderCredit.objects.filter(kind="refund")
    totals = set()
    for model in Model:
        table = channel_table(department=tree.department, first=FIRST, last=TODAY, other=model)
        expected: dict[str, int] = defaultdict(int)
        for record in told:
            if isinstance(record, OrderRecord) and record.at:
                kopecks, traces, _day = raw[record.key]
                for name, part in reference(kopecks, traces, record.at, model).items():
                    expected[name] += part
        for row in refunds:  # their own sums are judged below
            expected[row.channel] += int(getattr(row, model.value) * 100)
        shown = {line.channel: line.other for line in table.lines if line.other}
        assert shown == {
            name: Decimal(part).scaleb(-2) for name, part in expected.items() if part
        }, model
        assert table.agrees
        assert table.total.other == table.total.net == table.told
        totals.add(table.total.net)
    assert len(totals) == 1
    assert sum(line.orders for line in table.lines) == len(raw)


@pytest.mark.parametrize("seed", [3])
def test_every_refund_comes_to_its_sum_by_every_model(seed: int, source: Source) -> None:
    told, _raw = records(seed)
    tell(source, *told)
    attribute(source)
    back = {record.key: record.amount for record in told if isinstance(record, RefundRecord)}
    assert back
    for model in Model:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in OrderCredit.objects.filter(kind="refund"):
            sums[row.key] -= getattr(row, model.value)
        assert dict(sums) == back
