"""However days, changes and roll calls follow each other, the register ends where a fresh reading
of the vendor's last state would.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.register.connectors.base import Mode, Page, SubjectRef, Window
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    EnquiryStatus,
    Gone,
    OrderRecord,
    OrderStatus,
    Record,
    RefundRecord,
    Touch,
    TouchKind,
)
from kpis.register.models import DailyTotal, ResultRevision, Slice, Source, Stream, SyncRun
from kpis.register.models.run import State
from kpis.register.services.derived import DERIVED
from kpis.register.services.harvest import Harvest
from kpis.register.services.resolver import Resolver
from kpis.register.services.results import Merged
from kpis.register.services.sources import stream_ensure
from tests.factories import Tree
from tests.register.engine.shelf import (
    Kept,
    history_holds,
    metrics_in,
    metrics_of,
    rows_in,
    rows_of,
    totals_of,
)

pytestmark = pytest.mark.django_db
ORIGIN = dt.date(2025, 12, 20)  # two year partitions
LAST = 40
NOTHING = Merged(0, 0, 0)

# Few days, so that records meet: the same one, the next, a week, a month and more apart.
days = st.sampled_from((0, 0, 1, 7, 8, 9, 30, 31, LAST)).map(
    lambda number: ORIGIN + dt.timedelta(days=number)
)
subjects = st.sampled_from("AB").map(lambda key: SubjectRef("shop", key, f"Shop {key}"))
money = st.integers(0, 500).map(lambda kopecks: Decimal(kopecks) / 100)
currencies = st.sampled_from(("RUB", "RUB", "USD", "USD", "EUR"))
moments = st.builds(
    lambda day, minute: dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=minute),
    days,
    st.integers(0, 1439),
)
touches = st.lists(
    st.builds(
        Touch,
        kind=st.sampled_from(TouchKind),
        value=st.sampled_from(("", "x", "a\tb\\")),
        at=st.none() | moments,
    ),
    max_size=3,
).map(tuple)


def order(key: str) -> st.SearchStrategy[Kept]:
    return st.builds(
        OrderRecord,
        key=st.just(key),
        day=days,
        amount=money,
        currency=currencies,
        subject=subjects,
        status=st.sampled_from(OrderStatus),
        units=st.none() | st.integers(1, 3).map(Decimal),
        discount=st.none() | money,
        margin=st.none() | money,
        touches=touches,
    )


def refund(key: str) -> st.SearchStrategy[Kept]:
    return st.builds(
        RefundRecord,
        key=st.just(key),
        day=days,
        amount=money,
        currency=currencies,
        subject=subjects,
    )


def enquiry(key: str) -> st.SearchStrategy[Kept]:
    return st.builds(
        lambda at, answered, seconds, kind, **more: EnquiryRecord(
            key=key,
            kind=kind,
            at=at,
            day=at.date(),
            answered=answered if kind is EnquiryKind.CALL else None,
            seconds=seconds if kind is EnquiryKind.CALL and answered else None,
            **more,
        ),
        at=moments,
        answered=st.booleans(),
        seconds=st.sampled_from((None, 5, 30, 90)),
        # calls are what has to do with each other
        kind=st.sampled_from((*EnquiryKind, EnquiryKind.CALL, EnquiryKind.CALL)),
        status=st.sampled_from(EnquiryStatus),
        subject=subjects,
        contacts=st.sampled_from(((), ("+7 900 111-22-33",), ("other@example.org",))),
        touches=touches,
    )


KEYS = ("o1", "o2", "o3", "r1", "r2", "e1", "e2", "e3", "e4")
MAKERS = {"o": order, "r": refund, "e": enquiry}
records = st.sampled_from(KEYS).flatmap(lambda key: MAKERS[key[0]](key))
states = st.lists(records, min_size=3, max_size=8).map(lambda held: {one.key: one for one in held})
# A step: the vendor's new state, what is said twice of a record, the window read, a roll call or
# not, and whether deletions are told (else a roll call finds them).
steps = st.lists(
    st.tuples(
        states,
        st.lists(records, min_size=1, max_size=4),
        days,
        st.sampled_from((0, 8, LAST)),
        *[st.booleans()] * 2,
    ),
    min_size=1,
    max_size=4,
)
Held = dict[str, Kept]
Step = tuple[Held, list[Kept], dt.date, int, bool, bool]


class Place:
    """A source with a stream read by days and one read by changes."""

    def __init__(self, scope_tree: Tree) -> None:
        self.source = Source.objects.create(
            scope=scope_tree.department.scope, kind="vendor", name="Vendor"
        )
        names = tuple(sorted(DERIVED))
        self.streams = {
            name: stream_ensure(source=self.source, name=name, metrics=names)
            for name in ("days", "changes", "roll")
        }

    def read(
        self, name: str, mode: Mode, window: Window, told: list[Record], present: tuple[str, ...]
    ) -> Merged:
        run = SyncRun.objects.create(
            source=self.source, trigger=SyncRun.Trigger.MANUAL, state=State.DONE
        )
        piece = Slice.objects.create(
            run=run,
            stream=self.streams[name],
            first_day=window.first,
            last_day=window.last,
        )
        with Harvest(piece, mode, Resolver(self.source)) as harvest:
            page = Page((), b"", "", records=tuple(told), present=present)
            harvest.add(page, 0)
            with transaction.atomic():
                return harvest.merge(self.streams["changes"].pk)


@pytest.fixture
def place(tree: Tree) -> Place:
    return Place(tree)


WHOLE = Window(ORIGIN, ORIGIN + dt.timedelta(days=LAST))


def said(held: Held, window: Window) -> list[Record]:
    return [one for one in held.values() if window.first <= one.day <= window.last]


def by_days(place: Place, held: Held, window: Window, twice: list[Kept]) -> Merged:
    """The vendor gives the days; an older word on a record may stand before the true one."""
    inside = said(held, window)
    keys = {one.key for one in inside}
    stale: list[Record] = [replace(one, day=window.first) for one in twice if one.key in keys]
    return place.read("days", Mode.DAYS, window, [*stale, *inside], ())


def by_changes(place: Place, before: Held, held: Held, twice: list[Kept], told: bool) -> None:
    """The vendor gives what changed, and if it tells deletions, those too."""
    changed: list[Record] = [one for one in held.values() if before.get(one.key) != one]
    gone = [key for key in before if key not in held] if told else []
    stale: list[Record] = [one for one in twice if one.key in {*gone, *(r.key for r in changed)}]
    words = [*stale, *[Gone(key) for key in gone], *changed]
    place.read("changes", Mode.CHANGES, WHOLE, words, ())


def roll_call(place: Place, held: Held, window: Window) -> None:
    present = tuple(one.key for one in said(held, window))
    place.read("roll", Mode.ROLL_CALL, window, [], present)


def check(stream: Stream, held: Held) -> None:
    expected = metrics_of(held.values())
    assert rows_in(stream) == rows_of(held.values())
    assert metrics_in(stream) == expected
    totals = DailyTotal.objects.filter(stream=stream).values_list("day", "metric__code", "value")
    assert {(day, code): value for day, code, value in totals} == totals_of(expected)
    assert history_holds(stream)


@given(steps)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_register_ends_where_a_fresh_reading_would(place: Place, steps: list[Step]) -> None:
    with transaction.atomic():
        before: Held = {}
        for held, twice, first, length, calls_roll, tells in steps:
            last = min(first + dt.timedelta(days=length), WHOLE.last)
            by_days(place, held, Window(first, last), twice)
            by_changes(place, before, held, twice, tells)
            if calls_roll:
                roll_call(place, held, Window(first, last))
            before = held
        middle = ORIGIN + dt.timedelta(days=LAST // 2)
        for window in (  # newest first, as slices are; then what moved to older days meanwhile
            Window(middle, WHOLE.last),
            Window(ORIGIN, middle - dt.timedelta(days=1)),
        ):
            by_days(place, before, window, [])
        roll_call(place, before, WHOLE)
        check(place.streams["days"], before)
        check(place.streams["changes"], before)
        revisions = ResultRevision.objects.count()
        assert by_days(place, before, WHOLE, []) == NOTHING
        assert ResultRevision.objects.count() == revisions, "the same once more changes nothing"
        transaction.set_rollback(True)
