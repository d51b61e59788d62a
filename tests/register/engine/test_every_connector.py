"""Every connector against its contract server, through the whole engine: the register ends up equal
to the ground truth, a second reading changes nothing, and a slice is replayed without the vendor.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kpis.register.models import Gate, Result, ResultRevision, Slice, Source, Subject
from kpis.register.models.run import State
from kpis.register.registry import plays
from kpis.register.services import sync
from kpis.register.services.runs import slice_replay
from kpis.register.services.sources import settings_clean, source_check, source_create
from kpis.simulator import Simulator
from kpis.simulator.play import Truth
from staff.accounts.models import User
from tests.factories import Tree
from tests.register.engine.conftest import go_on, read_once

DAY = dt.timedelta(days=1)
# A day of the stage in the middle of a working day in Moscow.
NOW = dt.datetime(2026, 3, 20, 9, 0, tzinfo=dt.UTC)
DAYS = 12
KINDS = sorted(plays())


@pytest.fixture(autouse=True)
def stage_clock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HTTP_ALLOW_LOOPBACK = True
    settings.RETRY_SECONDS = 0
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def make(simulator: Simulator, kind: str, tree: Tree, superuser: User) -> Source:
    play = simulator.mounts[kind].play
    plain, secrets = settings_clean(kind, {**play.source_settings(), **play.source_secrets()})
    return source_create(
        actor=superuser,
        scope=tree.department.scope,
        kind=kind,
        name=kind,
        plain=plain,
        secrets=secrets,
        history_from=(NOW - DAY * DAYS).date(),
    )


def pull(source: Source) -> None:
    """One run to its end; a vendor that asks to wait (a report being built) has had its time."""
    run = read_once(source)
    for _turn in range(30):
        if run.state != State.WAITING:
            break
        Gate.objects.update(closed_until=None, arrival=NOW - DAY)
        run = go_on(run)
    said = [(piece.stream.name, piece.error_text, piece.detail) for piece in run.slices.all()]
    assert run.state == State.DONE, (run.error_text, run.detail, said)


def held(source: Source) -> Truth:
    names = {
        subject.pk: f"{subject.kind}:{subject.key}"
        for subject in Subject.objects.filter(origin=f"source:{source.pk}")
    }
    rows = Result.objects.filter(stream__source=source).select_related("metric")
    return {
        (row.metric.code, names[row.subject_id], row.day): row.value.normalize() for row in rows
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_the_register_equals_the_ground_truth(kind: str, tree: Tree, superuser: User) -> None:
    with Simulator(port=0, plays=[plays()[kind]], now=lambda: NOW, today=NOW.date()) as simulator:
        source = make(simulator, kind, tree, superuser)
        failed = [item for item in source_check(actor=superuser, source=source) if not item.ok]
        assert not failed
        pull(source)
        first, last = (NOW - DAY * DAYS).date(), NOW.date()
        truth = simulator.mounts[kind].play.truth(first, last)
        wanted = {key: Decimal(value).normalize() for key, value in truth.items()}
        found = held(source)
        over = {key: value for key, value in wanted.items() if key[2] < last or key in found}
        assert {key: found.get(key) for key in over} == over
        told = {metric for metric, _subject, _day in wanted}
        # Levels, and what one call means beside the others, are the register's own to know.
        more = {key for key, value in found.items() if value and key[0] in told and key[2] >= first}
        assert more <= wanted.keys()
        revised = ResultRevision.objects.count()
        pull(source)
        assert held(source) == found
        assert ResultRevision.objects.count() == revised, "reading again restates nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_a_slice_is_replayed_without_the_vendor(kind: str, tree: Tree, superuser: User) -> None:
    with Simulator(port=0, plays=[plays()[kind]], now=lambda: NOW, today=NOW.date()) as simulator:
        source = make(simulator, kind, tree, superuser)
        pull(source)
    before = held(source)
    pieces = Slice.objects.filter(run__source=source, rows_received__gt=0)
    kept = [piece for piece in pieces if piece.answers.exclude(question="").exists()]
    assert kept, "nothing can be replayed"
    # A bad mapping had written this; the answers are still right.
    Result.objects.filter(stream__source=source, slice=kept[0]).update(value=Decimal(1))
    run = slice_replay(actor=superuser, piece=kept[0])
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE, (run.error_text, run.detail)
    after = held(source)
    assert after == before


def test_every_connector_says_where_it_differs_and_who_it_is() -> None:
    for kind, cls in plays().items():
        assert cls.kind == kind
        assert cls.vendor
