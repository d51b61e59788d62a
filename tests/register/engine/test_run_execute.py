"""A run: what it writes, and what it says and leaves when the source misbehaves."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.lib.errors import Conflict
from kpis.register import coverage
from kpis.register.connectors import base as connectors
from kpis.register.connectors.base import Account, Page, Window
from kpis.register.connectors.files.connector import FileConnector
from kpis.register.models import (
    DailyTotal,
    RawAnswer,
    Result,
    ResultRevision,
    Slice,
    Source,
    Stream,
    SyncRun,
)
from kpis.register.models.run import State
from kpis.register.services import runs, sync
from kpis.register.services.claims import ClaimLost, run_claim, run_lock
from kpis.register.services.resolver import Resolver
from kpis.register.services.slices import slice_execute
from kpis.register.services.tapes import Recorder
from kpis.simulator import Simulator
from staff.accounts.models import Notification, User
from tests.register.engine.conftest import MakeSource, go_on, read_once
from tests.register.engine.table import rows_of

pytestmark = pytest.mark.django_db


def yesterday() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=1)


def test_it_writes_what_the_shop_had(source: Source, simulator: Simulator) -> None:
    run = read_once(source)
    assert run.state == State.DONE
    for days_ago in range(4, 10):
        day = yesterday() - dt.timedelta(days=days_ago)
        truth = simulator.truth(1, day)
        stored = dict(DailyTotal.objects.filter(day=day).values_list("metric__code", "value"))
        for code in ("sessions", "orders", "revenue", "items_sold"):
            assert stored[code] == truth[code], (day, code)


def test_it_moves_the_cursor_with_the_rows(source: Source) -> None:
    read_once(source)
    for stream in Stream.objects.filter(source=source):
        assert coverage.load(stream.covered) == [(source.history_from, yesterday())]
    source.refresh_from_db()
    assert source.state == Source.State.OK
    assert source.last_success_at is not None


def test_every_number_leads_to_its_answer(source: Source) -> None:
    read_once(source)
    answers = set(RawAnswer.objects.values_list("pk", flat=True))
    assert set(Result.objects.values_list("raw_id", flat=True)) <= answers
    for answer in RawAnswer.objects.all():
        assert b"demo-token" not in answer.body
        assert "demo-token" not in answer.request


def test_reading_again_changes_nothing(source: Source) -> None:
    read_once(source)
    before = rows_of(source)
    run = read_once(source)
    assert rows_of(source) == before
    assert set(run.slices.values_list("rows_written", "rows_changed", "rows_removed")) == {
        (0, 0, 0)
    }
    assert not ResultRevision.objects.exists()


def test_the_second_run_reads_only_the_days_that_still_change(source: Source) -> None:
    read_once(source)
    run = read_once(source)
    firsts = run.slices.values_list("first_day", flat=True)
    assert min(firsts) == yesterday() - dt.timedelta(days=2)


def test_newest_days_come_first(make_source: MakeSource) -> None:
    source = make_source(days=100)
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    runs.slices_plan(run=run)
    lasts = list(run.slices.order_by("pk").values_list("last_day", flat=True))
    assert lasts == sorted(lasts, reverse=True)


def test_a_restated_day_keeps_the_old_value(source: Source, simulator: Simulator) -> None:
    simulator.faults.turn_on("restated_day")
    read_once(source)
    old = DailyTotal.objects.get(metric__code="sessions", day=yesterday())
    read_once(source)
    new = DailyTotal.objects.get(metric__code="sessions", day=yesterday())
    revision = ResultRevision.objects.get(metric__code="sessions", day=yesterday())
    assert (revision.old_value, revision.new_value) == (old.value, new.value)
    assert new.value > old.value


def test_a_row_that_vanished_there_vanishes_here(source: Source, simulator: Simulator) -> None:
    simulator.faults.turn_on("vanished_campaign")
    read_once(source)
    before = Result.objects.filter(metric__code="campaign_sessions", day=yesterday()).count()
    read_once(source)
    after = Result.objects.filter(metric__code="campaign_sessions", day=yesterday()).count()
    gone = ResultRevision.objects.filter(new_value=None, day=yesterday()).count()
    assert (after, gone) == (before - 1, 1)


# --- faults ------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["unavailable", "truncated_json", "empty_204"])
def test_a_passing_fault_is_waited_out(source: Source, simulator: Simulator, fault: str) -> None:
    simulator.faults.turn_on(fault)
    run = read_once(source)
    assert run.state == State.WAITING
    assert run.error_kind == "retry"
    assert run.error_text
    assert run.not_before is not None
    assert run.not_before > timezone.now()
    assert not Result.objects.exists()
    simulator.faults.clear()
    assert go_on(run).state == State.DONE
    assert Result.objects.exists()


def test_a_fault_that_does_not_pass_fails_in_words(source: Source, simulator: Simulator) -> None:
    simulator.faults.turn_on("unavailable")
    run = read_once(source)
    for _attempt in range(sync.MAX_ATTEMPTS):
        if run.state == State.WAITING:
            run = go_on(run)
    assert run.state == State.FAILED
    assert run.error["ru"]
    assert run.error["en"]
    source.refresh_from_db()
    assert source.state == Source.State.ATTENTION
    assert source.next_due_at is not None, "a dead source is tried again on schedule"


def test_the_pauses_grow(source: Source, simulator: Simulator) -> None:
    simulator.faults.turn_on("unavailable")
    run = read_once(source)
    pauses = []
    while run.state == State.WAITING and run.not_before is not None:
        pauses.append((run.not_before - timezone.now()).total_seconds())
        run = go_on(run)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0]


def test_a_limit_is_waited_as_told_and_is_no_failure(source: Source, simulator: Simulator) -> None:
    simulator.faults.turn_on("rate_limit_hint")
    run = read_once(source)
    assert run.state == State.WAITING
    assert run.error_kind == "wait"
    assert run.not_before is not None
    assert run.not_before > timezone.now() + dt.timedelta(seconds=100)
    for _again in range(sync.MAX_ATTEMPTS + 2):
        run = go_on(run)
    assert run.state == State.WAITING, "however long a limit lasts, it never becomes a failure"
    simulator.faults.clear()
    assert go_on(run).state == State.DONE


def test_an_expired_password_stops_the_source_until_a_person_acts(
    source: Source, simulator: Simulator, head: User
) -> None:
    simulator.faults.turn_on("token_expired")
    run = read_once(source)
    assert run.state == State.FAILED
    assert run.error_kind == "auth"
    source.refresh_from_db()
    assert source.state == Source.State.ATTENTION
    assert source.next_due_at is None
    assert runs.sweep() == {"due": 0, "woken": 0}
    news = Notification.objects.get(user=head)
    assert source.name in news.title["ru"]
    assert set(news.title) == {"ru", "en"}


def test_a_renamed_field_stops_the_stream_before_anything_is_written(
    source: Source, simulator: Simulator
) -> None:
    simulator.faults.turn_on("renamed_field")
    run = read_once(source)
    assert run.state == State.FAILED
    assert run.error_kind == "bug"
    assert not Result.objects.exists()
    assert RawAnswer.objects.exists(), "the answer is kept to look at"


def test_one_bad_stream_leaves_the_others_done(source: Source, simulator: Simulator) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    runs.slices_plan(run=run)
    campaigns = Stream.objects.get(source=source, name="campaigns")
    Slice.objects.filter(run=run, stream=campaigns).update(
        last_day=timezone.localdate() + dt.timedelta(days=3)
    )  # a day that is not over is refused by the connector as a fault of ours
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.PARTIAL
    states = Counter(run.slices.values_list("stream__name", "state"))
    assert states["visits", State.DONE] == 1
    assert all(state == State.FAILED for name, state in states if name == "campaigns")


def test_an_unreachable_source_is_no_empty_success(
    make_source: MakeSource, simulator: Simulator
) -> None:
    source = make_source()
    simulator.stop()
    run = read_once(source)
    assert run.state == State.WAITING
    assert run.error_kind == "retry"


def test_a_stored_secret_that_cannot_be_read_is_said(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(sealed_secrets=b"sealed with another key")
    source.refresh_from_db()
    run = read_once(source)
    assert (run.state, run.error_kind) == (State.FAILED, "auth")


# --- claims ------------------------------------------------------------------------------------
def test_a_source_is_read_once_at_a_time(source: Source) -> None:
    runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    with pytest.raises(Conflict):
        runs.run_create(source=source, trigger=SyncRun.Trigger.SCHEDULE)


def test_a_run_is_claimed_once(source: Source) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    assert run_claim(run.pk) is not None
    assert run_claim(run.pk) is None


def test_a_silent_worker_loses_its_run_and_cannot_write_any_more(source: Source) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    first = run_claim(run.pk)
    assert first is not None
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    second = run_claim(run.pk)
    assert second is not None
    assert second != first
    with pytest.raises(ClaimLost):
        run_lock(run.pk, first)
    assert run_lock(run.pk, second).pk == run.pk


def test_what_kills_every_worker_is_not_tried_for_ever(source: Source) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    SyncRun.objects.filter(pk=run.pk).update(takeovers=sync.MAX_TAKEOVERS + 1)
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "worker" in run.error["en"]
    assert not Result.objects.exists()


def test_nobody_commits_under_a_foreign_claim(source: Source) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    run_claim(run.pk)
    with pytest.raises(ClaimLost):
        run_lock(run.pk, uuid4())


def test_a_long_run_lets_others_have_the_worker(
    make_source: MakeSource, settings: Settings
) -> None:
    source = make_source(days=70)
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    settings.RUN_TURN_SECONDS = 0
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.claim) == (State.PLANNED, None)
    settings.RUN_TURN_SECONDS = 300
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE
    assert not run.slices.exclude(state=State.DONE).exists()


# --- cancel, sweep ------------------------------------------------------------------------------
def test_a_planned_run_is_cancelled_at_once(source: Source, head: User) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    runs.run_cancel(actor=head, run=run)
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not Result.objects.exists()


def test_a_running_run_stops_before_the_next_slice(source: Source, head: User) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    SyncRun.objects.filter(pk=run.pk).update(cancel_requested=True)
    sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert set(run.slices.values_list("state", flat=True)) == {State.CANCELLED}


def test_the_sweeper_plans_what_is_due_once(source: Source) -> None:
    assert runs.sweep()["due"] == 1
    assert runs.sweep()["due"] == 0
    assert SyncRun.objects.get(source=source).trigger == SyncRun.Trigger.SCHEDULE


def test_the_sweeper_does_not_flood_the_queue(source: Source) -> None:
    runs.sweep()
    run = SyncRun.objects.get(source=source)
    SyncRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - dt.timedelta(minutes=1))
    assert runs.sweep()["woken"] == 1, "its first message was lost"
    assert runs.sweep()["woken"] == 0, "it queues behind others"


def test_the_sweeper_wakes_a_run_that_has_waited_long_enough(
    source: Source, simulator: Simulator
) -> None:
    simulator.faults.turn_on("unavailable")
    run = read_once(source)
    assert runs.sweep()["woken"] == 0
    SyncRun.objects.filter(pk=run.pk).update(
        not_before=timezone.now(), heartbeat_at=timezone.now() - dt.timedelta(seconds=5)
    )
    assert runs.sweep()["woken"] == 1
    assert runs.sweep()["woken"] == 0


def test_the_sweeper_wakes_a_run_whose_worker_is_silent(source: Source) -> None:
    runs.sweep()
    run = SyncRun.objects.get(source=source)
    run_claim(run.pk)
    assert runs.sweep()["woken"] == 0
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    assert runs.sweep()["woken"] == 1


def test_a_suspicious_zero_is_never_plainly_green(source: Source, simulator: Simulator) -> None:
    """No rows where the same weekdays had some: the run is partly done, and says so."""
    read_once(source)
    stream = Stream.objects.get(source=source, name="campaigns")
    week_ago = yesterday() - dt.timedelta(days=7)
    assert DailyTotal.objects.filter(stream=stream, day=week_ago).exists()
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    piece = Slice.objects.create(
        run=run, stream=stream, first_day=yesterday(), last_day=yesterday()
    )
    claim = run_claim(run.pk)
    assert claim is not None
    slice_execute(
        run=run,
        claim=claim,
        piece=piece,
        connector=SilentConnector(),
        resolver=Resolver(source),
        recorder=Recorder(),
    )
    sync.run_finish(run=run, claim=claim, fault=None)
    run.refresh_from_db()
    assert run.state == State.PARTIAL
    piece.refresh_from_db()
    assert "weekdays" in piece.notices[0]["en"]


class SilentConnector(FileConnector):
    """A vendor whose answer is well-formed and empty."""

    def __init__(self) -> None:
        super().__init__(Account(settings={}, secrets={}))

    def streams(self) -> tuple[connectors.Stream, ...]:
        return (connectors.Stream("campaigns", "Campaigns", (), lookback_days=3, slice_days=7),)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        yield Page(facts=(), raw=b"[]", request="GET /report")
