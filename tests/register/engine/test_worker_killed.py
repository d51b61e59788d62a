"""A real worker killed in the middle of a pull: another goes on, the register ends equal."""

from __future__ import annotations

import datetime as dt
import signal

import pytest
from django.db import connection
from django.utils import timezone

from config.lib.tasks import enqueue
from config.shell.models import Heartbeat
from kpis.register.models import RawAnswer, Slice, SyncRun
from kpis.register.models.run import State
from kpis.register.services import runs
from tests.plugin_worker import StartWorker, wait_until
from tests.register.engine.conftest import MakeSource, read_once
from tests.register.engine.table import rows_of, totals_of

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def test_kill_9_in_the_middle_of_a_pull(make_source: MakeSource, start_worker: StartWorker) -> None:
    undisturbed = make_source("Undisturbed", days=400, ecommerce=True, campaigns=True)
    assert read_once(undisturbed).state == State.DONE

    source = make_source("Killed", days=400, ecommerce=True, campaigns=True)
    victim = start_worker()
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    done = Slice.objects.filter(run=run, state=State.DONE)
    wait_until(lambda: done.count() >= 3)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    run.refresh_from_db()
    assert run.state == State.RUNNING, "killed too late to prove anything"
    finished = done.count()
    assert 3 <= finished < run.slices.count()

    long_ago = timezone.now() - dt.timedelta(hours=1)
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)
    start_worker()
    assert runs.sweep()["woken"] == 1
    wait_until(lambda: SyncRun.objects.filter(pk=run.pk, state=State.DONE).exists())

    run.refresh_from_db()
    assert run.takeovers == 1, "the run says what happened"
    assert rows_of(source) == rows_of(undisturbed)
    assert totals_of(source) == totals_of(undisturbed)
    untouched = done.filter(attempts=1).count()
    assert untouched >= finished, "finished slices are not read again"


def test_the_database_drops_everybody_in_the_middle_of_a_pull(
    make_source: MakeSource, start_worker: StartWorker
) -> None:
    """As when the server is stopped and started: nothing half-written, the run goes on later."""
    undisturbed = make_source("Undisturbed", days=400, ecommerce=True, campaigns=True)
    assert read_once(undisturbed).state == State.DONE

    source = make_source("Dropped", days=400, ecommerce=True, campaigns=True)
    start_worker()
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    done = Slice.objects.filter(run=run, state=State.DONE)
    wait_until(lambda: done.count() >= 3)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    enqueue("shell.heartbeat")  # answered when the worker is itself again
    wait_until(lambda: Heartbeat.objects.filter(name="worker").exists())
    run.refresh_from_db()
    assert run.state == State.RUNNING, "dropped too late to prove anything"

    long_ago = timezone.now() - dt.timedelta(hours=1)
    SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)
    assert runs.sweep()["woken"] == 1
    wait_until(lambda: SyncRun.objects.filter(pk=run.pk, state=State.DONE).exists())
    assert rows_of(source) == rows_of(undisturbed)
    assert totals_of(source) == totals_of(undisturbed)


def test_a_worker_that_dies_after_the_answer_leaves_no_rows(
    make_source: MakeSource, start_worker: StartWorker
) -> None:
    """Raw answers without results: the slice is simply read again."""
    source = make_source("Died", days=5)
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    runs.slices_plan(run=run)
    Slice.objects.filter(run=run).update(state=State.RUNNING, attempts=1)
    SyncRun.objects.filter(pk=run.pk).update(state=State.RUNNING, heartbeat_at=run.created_at)
    assert rows_of(source) == []
    start_worker(RUN_STALE_SECONDS="0")
    enqueue("register.run_execute", run.pk)
    wait_until(lambda: SyncRun.objects.filter(pk=run.pk, state=State.DONE).exists())
    assert rows_of(source)
    assert RawAnswer.objects.filter(slice__run=run, attempt=2).exists()
