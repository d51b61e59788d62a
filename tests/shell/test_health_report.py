"""/healthz: every state of every part, open to everybody, without secrets."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery import current_app
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from config.shell.models import Heartbeat
from config.shell.services.heartbeat import heartbeat_record
from config.shell.tasks import SENT_AT

PARTS = ("database", "broker", "worker", "beat")


def beat(worker: int, beat: int) -> None:
    now = timezone.now()
    for name, age in (("worker", worker), ("beat", beat)):
        Heartbeat.objects.update_or_create(
            name=name, defaults={"at": now - dt.timedelta(seconds=age)}
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("worker", "beat_age", "status", "states"),
    [
        (1, 1, 200, ("ok", "ok", "ok", "ok")),
        (60, 1, 200, ("ok", "ok", "late", "ok")),
        (1, 60, 200, ("ok", "ok", "ok", "late")),
        (3600, 1, 503, ("ok", "ok", "down", "ok")),
        (1, 3600, 503, ("ok", "ok", "ok", "down")),
    ],
)
def test_ages_become_states(
    client: Client, worker: int, beat_age: int, status: int, states: tuple[str, ...]
) -> None:
    beat(worker, beat_age)
    response = client.get("/healthz")
    body = response.json()
    assert response.status_code == status
    assert tuple(body[part]["state"] for part in PARTS) == states
    assert worker <= body["worker"]["age"] <= worker + 5
    assert body["version"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_processes_never_seen_are_down(client: Client) -> None:
    body = client.get("/healthz").json()
    assert body["worker"] == {"state": "down", "age": None}
    assert body["beat"] == {"state": "down", "age": None}


@pytest.mark.django_db
def test_a_broker_that_refuses_is_down_at_once(client: Client) -> None:
    beat(1, 1)
    # Port 9 of this machine: nobody listens.
    current_app.conf.update(broker_url="redis://127.0.0.1:9/0")
    current_app.amqp.__dict__.pop("_producer_pool", None)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["broker"]["state"] == "down"
    assert response.json()["worker"]["state"] == "ok"


def test_a_stopped_database_is_reported_not_raised(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    class Stopped:
        def values_list(self, *names: str) -> Any:
            raise DatabaseError("server closed the connection: password=secret")

    monkeypatch.setattr(Heartbeat, "objects", Stopped())
    monkeypatch.setattr(connection, "close", lambda: None)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"]["state"] == "down"
    assert b"secret" not in response.content


@pytest.mark.django_db
def test_beats_age_is_when_the_message_was_made() -> None:
    sent = timezone.now() - dt.timedelta(seconds=20)
    heartbeat_record(sent_at=sent)
    assert Heartbeat.objects.get(name="beat").at == sent
    assert timezone.now() - Heartbeat.objects.get(name="worker").at < dt.timedelta(seconds=5)
    # A message that waited behind a stopped worker does not make the sign older.
    heartbeat_record(sent_at=sent - dt.timedelta(seconds=60))
    assert Heartbeat.objects.get(name="beat").at == sent


@pytest.mark.django_db
def test_the_message_carries_its_time(sent_headers: list[dict[str, Any]]) -> None:
    before = timezone.now()
    current_app.tasks["shell.heartbeat"].apply_async()
    stamp = dt.datetime.fromisoformat(sent_headers[0][SENT_AT])
    assert before <= stamp <= timezone.now()


@pytest.fixture
def sent_headers() -> Any:
    from celery.signals import before_task_publish

    seen: list[dict[str, Any]] = []

    def remember(headers: dict[str, Any], **kwargs: Any) -> None:
        seen.append(headers)

    before_task_publish.connect(remember, weak=False)
    yield seen
    before_task_publish.disconnect(remember)
