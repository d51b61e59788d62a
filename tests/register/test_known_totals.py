"""What was known at a moment, against a replay that remembers every state."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.register.models import Metric, ResultRevision, Slice, Source, Subject, SyncRun
from kpis.register.models.run import State
from kpis.register.selectors.known import known_series, known_single
from kpis.register.selectors.series import daily_series
from kpis.register.services.results import results_merge
from kpis.register.services.sources import stream_ensure
from kpis.register.services.spool import ResultSpool
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import make_source

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAYS = [dt.date(2026, 2, number) for number in (1, 2, 3)]
FIRST, LAST = DAYS[0], DAYS[-1]
CODES = ("orders", "followers")
# (day, metric, subject) → (value, whether the source calls it provisional)
Rows = dict[tuple[int, str, int], tuple[int, bool]]
ROWS = st.dictionaries(
    st.tuples(st.integers(0, 2), st.sampled_from(CODES), st.integers(0, 1)),
    st.tuples(st.integers(0, 3), st.booleans()),
    max_size=6,
)


def load(source: Source, subjects: list[Subject], rows: Rows, moment: dt.datetime) -> None:
    """The source tells all of its days anew at ``moment``. The database knows one moment only
    inside a test, so what the merge stamped is moved to it."""
    run = SyncRun.objects.create(source=source, trigger=SyncRun.Trigger.MANUAL, state=State.DONE)
    into = stream_ensure(source=source, name="days", metrics=CODES)
    piece = Slice.objects.create(
        run=run, stream=into, first_day=FIRST, last_day=LAST, state=State.DONE
    )
    metrics = {metric.code: metric.pk for metric in Metric.objects.filter(code__in=CODES)}
    with ResultSpool(slice_id=piece.pk, stream_id=into.pk) as spool:
        for (day, code, subject), (value, provisional) in rows.items():
            spool.add(
                day=DAYS[day],
                metric_id=metrics[code],
                subject_id=subjects[subject].pk,
                value=Decimal(value),
                currency="",
                flags=4 if provisional else 0,
                raw_id=0,
            )
        results_merge(spool=spool, first=FIRST, last=LAST)
    with connection.cursor() as cursor:
        for table in ("register_result", "register_daily_total"):
            cursor.execute(
                f"UPDATE {table} SET loaded_at = %s WHERE stream_id = %s AND loaded_at = now()",  # noqa: S608  two names of ours
                [moment, into.pk],
            )
    ResultRevision.objects.filter(slice=piece).update(changed_at=moment)


def totals(rows: Rows, code: str) -> dict[dt.date, Decimal]:
    found: dict[dt.date, Decimal] = {}
    for (day, metric, _subject), (value, _provisional) in rows.items():
        if metric == code:
            found[DAYS[day]] = found.get(DAYS[day], Decimal(0)) + value
    return found


@pytest.fixture
def subjects(head: User, tree: Tree) -> list[Subject]:
    scope = tree.department.scope
    return [
        Subject.objects.create(
            scope=scope, kind=Subject.Kind.SITE, origin="test", key=str(n), label=f"Site {n}"
        )
        for n in range(2)
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(loads=st.lists(ROWS, min_size=1, max_size=4))
def test_every_past_moment_is_as_it_was(
    loads: list[Rows], head: User, tree: Tree, subjects: list[Subject]
) -> None:
    with transaction.atomic():
        source = make_source(head, tree.department.scope, "Told")
        for number, rows in enumerate(loads):
            load(source, subjects, rows, START + dt.timedelta(hours=number))
        for number in range(-1, len(loads)):
            at = START + dt.timedelta(hours=number, minutes=30)
            rows = loads[number] if number >= 0 else {}
            _check(tree, rows, at, subjects)
        transaction.set_rollback(True)


def _check(tree: Tree, rows: Rows, at: dt.datetime, subjects: list[Subject]) -> None:
    scope = tree.department.scope
    words = list(Metric.objects.filter(code__in=CODES))
    asked: dict[str, Any] = {"scope": scope, "first": FIRST, "last": LAST, "at": at}
    known = known_series(metrics=words, **asked)
    for code in CODES:
        assert {day: figure.value for day, figure in known[code].items()} == totals(rows, code)
    levels = [word for word in words if word.code == "followers"]
    single = known_single(metrics=levels, **asked).get("followers", {})
    flat = {
        (day, subject): figure.value
        for (_stream, subject), days in single.items()
        for day, figure in days.items()
    }
    assert flat == {
        (DAYS[day], subjects[subject].pk): Decimal(value)
        for (day, code, subject), (value, _provisional) in rows.items()
        if code == "followers"
    }


def test_now_is_the_last_of_the_moments(head: User, tree: Tree, subjects: list[Subject]) -> None:
    source = make_source(head, tree.department.scope, "Told")
    load(source, subjects, {(0, "orders", 0): (3, True), (1, "orders", 1): (2, False)}, START)
    load(source, subjects, {(0, "orders", 0): (5, False)}, START + dt.timedelta(hours=1))
    scope, words = tree.department.scope, list(Metric.objects.filter(code="orders"))
    known = known_series(
        scope=scope, metrics=words, first=FIRST, last=LAST, at=START + dt.timedelta(days=9)
    )
    now = daily_series(scope=scope, metrics=["orders"], first=FIRST, last=LAST)["orders"].days
    assert known["orders"] == now


def test_a_mark_that_goes_does_not_make_the_figure_younger(
    head: User, tree: Tree, subjects: list[Subject]
) -> None:
    """The same value first provisional, then final: it was known from the first time on."""
    source = make_source(head, tree.department.scope, "Told")
    load(source, subjects, {(0, "orders", 0): (3, True)}, START)
    load(source, subjects, {(0, "orders", 0): (3, False)}, START + dt.timedelta(hours=5))
    known = known_series(
        scope=tree.department.scope,
        metrics=list(Metric.objects.filter(code="orders")),
        first=FIRST,
        last=LAST,
        at=START + dt.timedelta(hours=1),
    )
    assert known["orders"][FIRST].value == 3
