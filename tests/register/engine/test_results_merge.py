"""The merge against a plain dictionary: any sequence of loads ends in the same table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DataError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.register.models import DailyTotal, Metric, Result, ResultRevision, Slice, Source, Subject
from kpis.register.models.run import SyncRun
from kpis.register.services.results import Merged, results_merge
from kpis.register.services.sources import stream_ensure
from kpis.register.services.spool import ResultSpool, escape, number
from tests.factories import Tree

pytestmark = pytest.mark.django_db
ORIGIN = dt.date(2025, 12, 28)  # two year partitions

Key = tuple[dt.date, int]
cells = st.dictionaries(
    st.tuples(st.integers(0, 7).map(lambda n: ORIGIN + dt.timedelta(days=n)), st.integers(0, 2)),
    st.decimals(-1000, 1000, places=2),
    max_size=12,
)
loads = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), cells), min_size=1, max_size=5)


@pytest.fixture
def place(tree: Tree) -> tuple[Slice, list[int], int]:
    """A slice to load under, three subjects and a metric that adds up."""
    source = Source.objects.create(scope=tree.department.scope, kind="file", name="Any")
    stream = stream_ensure(source=source, name="any", metrics=("revenue",))
    run = SyncRun.objects.create(source=source, trigger=SyncRun.Trigger.IMPORT)
    piece = Slice.objects.create(run=run, stream=stream, first_day=ORIGIN, last_day=ORIGIN)
    subjects = [
        Subject.objects.create(
            scope=source.scope, kind="campaign", origin="test", key=str(n), label=str(n)
        ).pk
        for n in range(3)
    ]
    return piece, subjects, Metric.objects.get(code="revenue").pk


def load(
    place: tuple[Slice, list[int], int], first: dt.date, last: dt.date, wanted: dict[Key, Decimal]
) -> Merged:
    piece, subjects, metric = place
    with ResultSpool(piece.pk, piece.stream_id) as spool, transaction.atomic():
        for (day, subject), value in wanted.items():
            spool.add(day=day, metric_id=metric, subject_id=subjects[subject], value=value)
        return results_merge(spool=spool, first=first, last=last)


@given(loads)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_table_equals_a_dictionary(
    place: tuple[Slice, list[int], int], loads: list[tuple[int, int, dict[Key, Decimal]]]
) -> None:
    Result.objects.all()._raw_delete("default")
    DailyTotal.objects.all()._raw_delete("default")
    ResultRevision.objects.all().delete()
    expected: dict[Key, Decimal] = {}
    revisions = 0
    for a, b, rows in loads:
        first, last = (ORIGIN + dt.timedelta(days=n) for n in sorted((a, b)))
        rows = {key: value for key, value in rows.items() if first <= key[0] <= last}
        old = {key: value for key, value in expected.items() if first <= key[0] <= last}
        merged = load(place, first, last, rows)
        changed = sum(1 for key in old if key in rows and old[key] != rows[key])
        removed = len(old.keys() - rows.keys())
        assert merged == Merged(len(rows.keys() - old.keys()), changed, removed)
        revisions += changed + removed
        expected = {key: value for key, value in expected.items() if key not in old} | rows
    subjects = place[1]
    stored = {(row.day, subjects.index(row.subject_id)): row.value for row in Result.objects.all()}
    assert stored == expected
    sums: dict[dt.date, Decimal] = {}
    for (day, _subject), value in expected.items():
        sums[day] = sums.get(day, Decimal(0)) + value
    assert {total.day: total.value for total in DailyTotal.objects.all()} == sums
    assert ResultRevision.objects.count() == revisions


def test_the_last_of_repeated_keys_wins(place: tuple[Slice, list[int], int]) -> None:
    piece, subjects, metric = place
    with ResultSpool(piece.pk, piece.stream_id) as spool, transaction.atomic():
        for value in (1, 2, 3):
            spool.add(day=ORIGIN, metric_id=metric, subject_id=subjects[0], value=value)
        results_merge(spool=spool, first=ORIGIN, last=ORIGIN)
    assert Result.objects.get().value == 3


def test_nothing_is_written_when_the_load_fails(place: tuple[Slice, list[int], int]) -> None:
    load(place, ORIGIN, ORIGIN, {(ORIGIN, 0): Decimal(5)})
    rows = {(ORIGIN, 0): Decimal(6), (ORIGIN, 1): Decimal(10) ** 20}  # too large for the column
    with pytest.raises(DataError):
        load(place, ORIGIN, ORIGIN, rows)
    assert Result.objects.get().value == 5
    assert DailyTotal.objects.get().value == 5


def test_unique_people_of_two_sites_have_no_false_total(
    place: tuple[Slice, list[int], int],
) -> None:
    piece, subjects, _metric = place
    users = Metric.objects.get(code="users").pk
    with ResultSpool(piece.pk, piece.stream_id) as spool, transaction.atomic():
        for subject in subjects[:2]:
            spool.add(day=ORIGIN, metric_id=users, subject_id=subject, value=10)
        results_merge(spool=spool, first=ORIGIN, last=ORIGIN)
    assert not DailyTotal.objects.exists()
    assert Result.objects.count() == 2


def test_numbers_and_texts_reach_copy_exactly() -> None:
    assert number(Decimal("1E+3")) == "1000"
    assert number(Decimal("0.10")) == "0.10"
    assert escape("a\tb\\c\nd") == "a\\tb\\\\c\\nd"
    with pytest.raises(ValueError, match="finite"):
        number(Decimal("NaN"))
