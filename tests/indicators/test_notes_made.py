"""Notes that the product makes by itself, and which notes a chart shows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kpis.indicators.models import Annotation, Kpi
from kpis.indicators.selectors.annotations import annotations_of, days_out_of_norm
from kpis.indicators.services.annotations import annotation_add
from kpis.indicators.services.notes_made import annotations_collect
from kpis.indicators.services.targets import target_set
from kpis.register.models import Source, SyncRun
from kpis.register.models.run import State
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import make_source

NOVEMBER = dt.date(2026, 11, 1)


def at(day: int, hour: int = 6) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def note(head: User, tree: Tree, **values: object) -> Annotation:
    day = dt.date(2026, 11, 20)
    given = {"scope": tree.department.scope, "kpi": None, "text": "Sale"}
    return annotation_add(
        actor=head,
        **{**given, "first_day": day, "last_day": day, **values},  # type: ignore[arg-type]
    )


def test_a_changed_target_is_noted_once(head: User, tree: Tree) -> None:
    kpi, scope = Kpi.objects.get(code="orders"), tree.department.scope
    for value, reason in ((100, ""), (120, "A new season")):
        target_set(
            actor=head, scope=scope, kpi=kpi, month=NOVEMBER, value=Decimal(value), reason=reason
        )
    assert annotations_collect() == 1
    assert annotations_collect() == 0
    row = Annotation.objects.get()
    assert (row.kpi, row.author, row.first_day, row.last_day) == (
        kpi, head, NOVEMBER, dt.date(2026, 11, 30),
    )  # fmt: skip
    assert row.words == "The target of the month was changed: A new season"
    assert not row.excludes_from_norm


@pytest.fixture
def scheduled(head: User, tree: Tree) -> Source:
    source = make_source(head, tree.department.scope)
    source.is_active, source.every_minutes = True, 60
    source.last_success_at, source.next_due_at = at(20), at(20, 7)
    source.save()
    return source


def test_a_silent_source_grows_a_note_until_it_works_again(scheduled: Source) -> None:
    assert annotations_collect(at(21, 6)) == 0, "a day is not more than a day"
    assert annotations_collect(at(21, 7)) == 1
    row = Annotation.objects.get()
    assert (row.first_day, row.last_day, row.is_open, row.excludes_from_norm) == (
        dt.date(2026, 11, 20), dt.date(2026, 11, 21), True, True,
    )  # fmt: skip

    assert annotations_collect(at(23)) == 0
    row.refresh_from_db()
    assert row.last_day == dt.date(2026, 11, 23)
    scheduled.last_success_at = at(24)
    scheduled.save()
    assert annotations_collect(at(24, 7)) == 0
    row.refresh_from_db()
    assert (row.is_open, row.last_day) == (False, dt.date(2026, 11, 23))
    assert row.words == "The source “Reports” told nothing on these days; it works again"
    assert annotations_collect(at(26)) == 1, "silent once more"
    assert Annotation.objects.count() == 2


def test_a_source_fed_by_hand_is_not_waited_for(scheduled: Source) -> None:
    scheduled.next_due_at = None
    scheduled.save()
    assert annotations_collect(at(30)) == 0


def test_a_rarely_read_source_may_be_silent_for_longer(scheduled: Source) -> None:
    scheduled.every_minutes = 7 * 24 * 60
    scheduled.save()
    assert annotations_collect(at(30)) == 0


def test_an_undone_file_is_noted(scheduled: Source) -> None:
    scheduled.next_due_at = None
    scheduled.save()
    SyncRun.objects.create(
        source=scheduled, trigger=SyncRun.Trigger.UNDO, state=State.DONE, finished_at=at(22)
    )
    assert annotations_collect(at(23)) == 1
    assert annotations_collect(at(23)) == 0
    assert Annotation.objects.get().words == "A file of “Reports” was taken out again"


def test_a_chart_shows_notes_of_its_days_and_of_everything_above(
    head: User, tree: Tree, other_tree: Tree
) -> None:
    orders, revenue = (Kpi.objects.get(code=code) for code in ("orders", "revenue"))
    everybody = note(head, tree)
    own = note(head, tree, kpi=orders)
    note(head, tree, kpi=revenue)
    note(head, tree, scope=tree.a.scope)
    late = {"first_day": dt.date(2026, 12, 1), "last_day": dt.date(2026, 12, 2)}
    note(head, tree, **late)
    month = {"first": NOVEMBER, "last": dt.date(2026, 11, 30)}

    scope = tree.department.scope
    assert list(annotations_of(scope=scope, kpi=orders, **month)) == [everybody, own]
    assert annotations_of(scope=scope, kpi=None, **month).count() == 3
    assert annotations_of(scope=tree.a.scope, kpi=orders, **month).count() == 3
    other = other_tree.department.scope
    assert not annotations_of(scope=other, kpi=orders, **month).exists()


def test_days_out_of_norm_are_cut_to_what_was_asked(head: User, tree: Tree) -> None:
    orders = Kpi.objects.get(code="orders")
    note(head, tree)  # usual
    week = {"first_day": dt.date(2026, 11, 18), "last_day": dt.date(2026, 11, 25)}
    note(head, tree, kpi=orders, excludes_from_norm=True, **week)
    found = days_out_of_norm(
        scope=tree.department.scope, first=dt.date(2026, 11, 20), last=dt.date(2026, 11, 22)
    )
    assert found == {orders.pk: {dt.date(2026, 11, day) for day in (20, 21, 22)}}
