"""Counters read at any moments and in any order: the growth booked sums to the last value less the
base.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.register.connectors.base import Mode, Page, SubjectRef
from kpis.register.connectors.records import Level
from kpis.register.models import Level as LevelRow
from kpis.register.models import Result, Slice, Source, SyncRun
from kpis.register.models.result import Flag
from kpis.register.models.run import State
from kpis.register.services.harvest import Harvest
from kpis.register.services.levels import YOUNG_DAYS
from kpis.register.services.resolver import Resolver
from kpis.register.services.sources import stream_ensure
from tests.factories import Tree

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Vladivostok")  # its midnight is in the afternoon of UTC
ORIGIN = dt.datetime(2025, 12, 28, tzinfo=dt.UTC)  # two year partitions
POST = SubjectRef("placement", "7", "Post")

moments = st.integers(0, 8 * 24 * 4).map(
    lambda quarter: ORIGIN + dt.timedelta(minutes=15) * quarter
)
readings = st.tuples(moments, st.integers(0, 1000).map(Decimal))
batches = st.lists(st.lists(readings, min_size=1, max_size=3), min_size=1, max_size=5)
Reading = tuple[dt.datetime, Decimal]


@pytest.fixture
def source(tree: Tree) -> Source:
    return Source.objects.create(scope=tree.department.scope, kind="vendor", name="Vendor")


def read(source: Source, found: list[Reading], since: dt.date | None) -> None:
    stream = stream_ensure(source=source, name="counters", metrics=("likes", "followers"))
    run = SyncRun.objects.create(source=source, trigger=SyncRun.Trigger.MANUAL, state=State.DONE)
    day = found[0][0].date()
    piece = Slice.objects.create(run=run, stream=stream, first_day=day, last_day=day)
    levels = tuple(
        Level(POST, metric, at, at.astimezone(ZONE).date(), value, since=since)
        for at, value in found
        for metric in ("likes", "followers")
    )
    with Harvest(piece, Mode.LEVELS, Resolver(source)) as harvest:
        harvest.add(Page((), b"", "", levels=levels), 0)
        with transaction.atomic():
            harvest.merge(None)


def growth(
    stood: dict[dt.date, Decimal], since: dt.date | None
) -> dict[dt.date, tuple[Decimal, int]]:
    """What each day should have, with its flags."""
    booked: dict[dt.date, tuple[Decimal, int]] = {}
    before: Decimal | None = None
    for day in sorted(stood):
        if before is not None:
            booked[day] = (stood[day] - before, 0)
        elif since is not None and (day - since).days <= YOUNG_DAYS:
            booked[day] = (stood[day], int(Flag.ESTIMATED) if since < day else 0)
        before = stood[day]
    return booked


@given(batches, st.none() | st.integers(-1, 8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_growth_sums_to_the_last_value_less_the_base(
    source: Source, batches: list[list[Reading]], ago: int | None
) -> None:
    first_read = min(at for found in batches for at, _value in found).astimezone(ZONE).date()
    since = None if ago is None else first_read - dt.timedelta(days=max(ago, 0))
    last: dict[dt.date, Reading] = {}
    for found in batches:
        for at, value in found:
            day = at.astimezone(ZONE).date()
            if day not in last or at >= last[day][0]:
                last[day] = (at, value)
    stood = {day: value for day, (_at, value) in last.items()}
    with transaction.atomic():
        for found in batches:
            read(source, found, since)
        kept = LevelRow.objects.filter(metric__code="likes").values_list("day", "value")
        assert dict(kept) == stood
        likes = Result.objects.filter(metric__code="likes").values_list("day", "value", "flags")
        booked = {day: (value, flags) for day, value, flags in likes}
        assert booked == growth(stood, since)
        days = sorted(stood)
        base = Decimal(0) if days[0] in booked else stood[days[0]]
        assert sum(value for value, _flags in booked.values()) == stood[days[-1]] - base
        followers = Result.objects.filter(metric__code="followers").values_list("day", "value")
        assert dict(followers) == stood, "a level that is no flow is booked as it stood"
        transaction.set_rollback(True)
