"""Parts of a run: reading days again, from the source or from kept answers; runs of other kinds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kpis.register.models import FileImport, RawAnswer, Slice, Source, SyncRun
from kpis.register.models.run import State
from staff.accounts.models import User
from tests.register import rows
from tests.register.pages.helpers import SMALL, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
Day = dt.date
DONE = ("visits", Day(2026, 1, 2), Day(2026, 1, 31), State.DONE, 30)
FAILED = ("campaigns", Day(2026, 1, 25), Day(2026, 1, 31), State.FAILED, 0)
Trigger = SyncRun.Trigger


def keep(piece: Slice, question: str = "q") -> RawAnswer:
    return RawAnswer.objects.create(
        slice=piece,
        attempt=1,
        number=RawAnswer.objects.count() + 1,
        request="POST /index.php",
        content_type="application/json",
        packed=rows.packed(b"{}"),
        size=2,
        received_at=timezone.now(),
        question=question,
    )


def url_of(action: str, piece: Slice) -> str:
    return reverse(f"register:slice-{action}", args=[piece.uid])


def offered(client: Client, run: SyncRun) -> set[str]:
    """Which actions the page offers for the run's only part."""
    html, piece = client.get(run.get_absolute_url()).content.decode(), run.slices.get()
    return {action for action in ("retry", "replay") if url_of(action, piece) in html}


def test_it_reads_some_days_again(
    head: User, client_of: Open, run_of: Callable[..., Any], sent_tasks: list[Any]
) -> None:
    run = run_of(state=State.DONE, slices=[DONE])
    client = client_of(head)
    assert offered(client, run) == {"retry"}
    answer = client.post(url_of("retry", run.slices.get()))
    new = SyncRun.objects.exclude(pk=run.pk).get()
    piece = new.slices.get()
    assert answer["Location"] == new.get_absolute_url()
    assert (piece.first_day, piece.last_day, piece.replay_of) == (DONE[1], DONE[2], None)


def test_it_reads_kept_answers_again(
    head: User, client_of: Open, run_of: Callable[..., Any], sent_tasks: list[Any]
) -> None:
    run = run_of(state=State.DONE, slices=[DONE])
    keep(run.slices.get())
    client = client_of(head)
    assert offered(client, run) == {"retry", "replay"}
    answer = client.post(url_of("replay", run.slices.get()))
    new = SyncRun.objects.get(trigger=Trigger.REPLAY)
    assert new.slices.get().replay_of == run.slices.get()
    html = client.get(answer["Location"]).content.decode()
    assert "Read from kept answers" in html
    assert run.get_absolute_url() in html


def test_both_ask_before_they_are_done(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, slices=[DONE])
    keep(run.slices.get())
    html = client_of(head).get(run.get_absolute_url()).content.decode()
    assert html.count("data-confirm") == 2


@pytest.mark.parametrize("action", ["retry", "replay"])
def test_nothing_is_done_by_get(
    action: str, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    piece = run_of(state=State.DONE, slices=[DONE]).slices.get()
    assert client_of(head).get(url_of(action, piece)).status_code == 405


def test_answers_of_old_versions_cannot_be_replayed(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, slices=[DONE])
    keep(run.slices.get(), question="")
    client = client_of(head)
    assert offered(client, run) == {"retry"}
    answer = client.post(url_of("replay", run.slices.get()))
    assert answer.status_code == 409
    assert "no longer kept" in answer.content.decode()


def test_nothing_is_offered_while_the_source_is_read(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, slices=[DONE])
    keep(run.slices.get())
    run_of()
    client = client_of(head)
    assert offered(client, run) == set()
    assert client.post(url_of("retry", run.slices.get())).status_code == 409


def test_a_stream_that_is_switched_off_is_not_read_again(
    head: User, client_of: Open, run_of: Callable[..., Any], matomo: Source
) -> None:
    run = run_of(state=State.FAILED, slices=[FAILED])
    Source.objects.update(settings=matomo.settings | {"campaigns": False})
    assert offered(client_of(head), run) == set()


@pytest.mark.parametrize(
    ("action", "role", "status"),
    [
        ("retry", "director", 403),
        ("retry", "auditor", 403),
        ("retry", "specialist", 404),
        ("retry", "outsider", 404),
        ("replay", "director", 403),
        ("replay", "specialist", 403),
        ("replay", "outsider", 404),
    ],
)
def test_actions_are_refused_by_role(
    action: str,
    role: str,
    status: int,
    client_of: Open,
    run_of: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> None:
    piece = run_of(state=State.DONE, slices=[DONE]).slices.get()
    keep(piece)
    client = client_of(request.getfixturevalue(role))
    assert client.post(url_of(action, piece)).status_code == status
    assert SyncRun.objects.count() == 1


def test_a_reader_is_offered_nothing(
    director: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, slices=[DONE])
    keep(run.slices.get())
    assert offered(client_of(director), run) == set()


@pytest.mark.parametrize(
    ("trigger", "heading"),
    [
        (Trigger.SHEET, "Figures entered by hand"),
        (Trigger.UNDO, "Import undone"),
        (Trigger.REPLAY, "Read from kept answers"),
        (Trigger.SCHEDULE, "Reading"),
    ],
)
def test_a_run_is_called_what_it_is(
    trigger: str, heading: str, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, trigger=trigger, slices=[DONE])
    html = " ".join(client_of(head).get(run.get_absolute_url()).content.decode().split())
    assert f"{heading} · {timezone.localtime(run.created_at):%-d}" in html


@pytest.mark.parametrize("trigger", [Trigger.SHEET, Trigger.UNDO])
def test_what_was_not_read_is_not_read_again(
    trigger: str, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, trigger=trigger, slices=[DONE])
    client = client_of(head)
    page = client.get(run.get_absolute_url())
    assert not page.context["may_retry"]
    assert offered(client, run) == set()
    assert client.post(url_of("retry", run.slices.get())).status_code == 409


def test_an_undo_leads_to_its_file(files: Source, head: User, client_of: Open) -> None:
    record = upload(head, files, SMALL.encode(), name="<b>.csv")
    run = rows.make_run(files, state=State.DONE, trigger=Trigger.UNDO)
    FileImport.objects.filter(pk=record.pk).update(undo_run=run, state=FileImport.State.UNDONE)
    html = client_of(head).get(run.get_absolute_url()).content.decode()
    assert record.get_absolute_url() in html
    assert "&lt;b&gt;.csv" in html


def test_a_fault_of_a_part_comes_with_advice(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(
        state=State.PARTIAL,
        slices=[DONE, FAILED],
        error={"en": "Other"},
        advice={"en": "Of the other"},
    )
    pieces = run.slices.filter(state=State.FAILED)
    pieces.update(error={"en": "No such field"}, error_kind="config", rows_announced=7)
    client = client_of(head)
    (shown, fine) = client.get(run.get_absolute_url()).context["slices"]
    assert str(shown.advice_text).startswith("Put the settings right")
    assert (fine.advice_text, shown.rows_announced) == ("", 7)
    pieces.update(error={"en": "Other"})
    (shown, _fine) = client.get(run.get_absolute_url()).context["slices"]
    assert shown.advice_text == "Of the other"


def test_each_stream_says_until_when_it_waits(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    later = timezone.now() + dt.timedelta(days=2)
    waits = ("visits", Day(2025, 12, 1), Day(2025, 12, 31), State.WAITING, 0)
    free = ("ecommerce", Day(2025, 12, 1), Day(2025, 12, 31), State.PLANNED, 0)
    run = run_of(state=State.RUNNING, slices=[DONE, waits, free])
    run.slices.filter(state=State.WAITING).update(not_before=later)
    page = client_of(head).get(run.get_absolute_url())
    waiting, reading = page.context["streams"]
    assert (waiting.waiting_until, reading.waiting_until) == (later, None)
    assert "waits until" in page.content.decode()


def test_many_parts_cost_as_much_as_one(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    def cost(days: int) -> int:
        pieces = [
            ("visits", Day(2026, 1, day), Day(2026, 1, day), State.DONE, 1)
            for day in range(1, days + 1)
        ]
        run = run_of(state=State.DONE, slices=pieces)
        for piece in run.slices.all():
            keep(piece)
        client.get(run.get_absolute_url())
        with CaptureQueriesContext(connection) as seen:
            client.get(run.get_absolute_url())
        return len(seen)

    client = client_of(head)
    assert cost(1) == cost(30)
