"""The trail knows a worker from a page: in one process, and from a real worker."""

from __future__ import annotations

import pytest
from celery import current_app
from django.test import Client

from config.lib.context import current
from config.lib.tasks import enqueue
from config.shell.models import Heartbeat
from staff.accounts.models import AuditEvent
from staff.accounts.services.audit import audit
from tests.factories import make_user
from tests.plugin_worker import StartWorker, wait_until


def test_what_a_job_does_is_recorded_as_a_workers(db: None) -> None:
    def job() -> None:
        audit(action="test.job.done")

    task = current_app.task(name="test.audit")(job)
    ran = task.apply()
    current_app.tasks.unregister("test.audit")
    event = AuditEvent.objects.get()
    assert (event.origin, event.where) == ("worker", "test.audit")
    assert event.request_id == ran.id
    assert current().origin == "system"  # nothing of the job is left behind


def test_a_failed_job_leaves_no_context_behind(db: None) -> None:
    def job() -> None:
        raise RuntimeError("as if")

    task = current_app.task(name="test.fail")(job)
    task.apply(throw=False)
    current_app.tasks.unregister("test.fail")
    assert current().origin == "system"


def test_what_a_page_does_is_recorded_as_the_persons(db: None) -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    client.post("/accounts/theme/", {"theme": "dark"}, headers={"X-Request-Id": "given-id-1234"})
    event = AuditEvent.objects.get(action="accounts.user.preferences")
    assert (event.actor, event.origin, event.ip) == (user, "web", "127.0.0.1")
    assert (event.where, event.request_id) == ("POST /accounts/theme/", "given-id-1234")


@pytest.mark.worker
def test_a_real_worker_is_woken_through_the_broker(start_worker: StartWorker) -> None:
    start_worker()
    enqueue("shell.heartbeat")
    wait_until(lambda: Heartbeat.objects.filter(name="worker").exists())
