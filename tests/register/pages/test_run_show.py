"""The page of a run in every state, and its buttons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kpis.register.models import RawAnswer, Source, SyncRun
from kpis.register.models.run import State
from staff.accounts.models import User
from tests.register import rows

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
Day = dt.date
DONE = ("visits", Day(2026, 1, 2), Day(2026, 1, 31), State.DONE, 30)
EMPTY = ("visits", Day(2026, 1, 1), Day(2026, 1, 1), State.DONE, 0)
FAILED = ("campaigns", Day(2026, 1, 25), Day(2026, 1, 31), State.FAILED, 0)
WORDS = {"en": "What happened", "ru": "Что случилось"}


@pytest.mark.parametrize(
    ("state", "mark", "polls"),
    [
        (State.PLANNED, "", True),
        (State.RUNNING, "info", True),
        (State.WAITING, "warn", True),
        (State.DONE, "good", False),
        (State.PARTIAL, "warn", False),
        (State.FAILED, "bad", False),
        (State.CANCELLED, "", False),
    ],
)
def test_it_says_the_state(
    state: str, mark: str, polls: bool, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=state, slices=[DONE])
    page = client_of(head).get(run.get_absolute_url())
    assert page.context["mark"] == mark
    assert ('hx-trigger="every 2s"' in page.content.decode()) == polls


def test_it_shows_days_rows_and_faults(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(
        state=State.PARTIAL,
        slices=[DONE, FAILED],
        error=WORDS,
        error_kind="config",
        advice={"en": "Do this", "ru": "Сделайте это"},
        detail="vendor <said> so",
        created_by=head,
    )
    page = client_of(head).get(run.get_absolute_url())
    html = page.content.decode()
    assert "30 of 37 days" in html
    assert "What happened" in html
    assert "Do this" in html
    assert "vendor &lt;said&gt; so" in html
    assert head.full_name in html
    streams = {str(item.label): item for item in page.context["streams"]}
    assert streams["Visits"].mark == "good"
    assert (streams["Campaigns"].mark, streams["Campaigns"].failed) == ("bad", 1)
    assert page.context["slices"][0].state == State.FAILED


def test_it_is_never_green_about_suspicious_days(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.PARTIAL, slices=[DONE, EMPTY])
    run.slices.filter(rows_received=0).update(notices=[{"en": "No rows, though", "ru": "Пусто"}])
    page = client_of(head).get(run.get_absolute_url())
    assert page.context["slices"][0].mark == "warn"
    assert "No rows, though" in page.content.decode()


def test_it_says_until_when_it_waits(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    until = dt.datetime(2026, 5, 1, 12, 30, 7, tzinfo=timezone.get_default_timezone())
    run = run_of(state=State.WAITING, not_before=until, error=WORDS, slices=[DONE])
    html = client_of(head).get(run.get_absolute_url()).content.decode()
    assert "12:30:07" in html


def test_it_answers_the_poll_with_a_fragment(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(slices=[DONE])
    html = client_of(head).get(run.get_absolute_url(), headers={"HX-Request": "true"})
    assert html.content.decode().lstrip().startswith('<div id="run"')


def test_it_tries_again_with_a_new_run(
    head: User, client_of: Open, run_of: Callable[..., Any], sent_tasks: list[Any]
) -> None:
    run = run_of(state=State.FAILED)
    answer = client_of(head).post(reverse("register:run-retry", args=[run.uid]))
    new = SyncRun.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == new.get_absolute_url()
    assert (new.trigger, new.created_by) == (SyncRun.Trigger.MANUAL, head)


def test_it_refuses_a_second_open_run(
    head: User, client_of: Open, run_of: Callable[..., Any], matomo: Source
) -> None:
    run_of()
    answer = client_of(head).post(reverse("register:source-read", args=[matomo.uid]))
    assert answer.status_code == 409
    assert "The source is already being read." in answer.content.decode()


def test_it_cancels(head: User, client_of: Open, run_of: Callable[..., Any]) -> None:
    run = run_of(state=State.WAITING, not_before=timezone.now())
    client_of(head).post(reverse("register:run-cancel", args=[run.uid]))
    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_it_shows_the_raw_answer_as_text(
    head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(slices=[DONE], state=State.DONE)
    answer = RawAnswer.objects.create(
        slice=run.slices.get(),
        attempt=1,
        number=1,
        request="POST /index.php?module=API",
        content_type="application/json",
        packed=rows.packed(b'{"label": "<script>alert(1)</script>"}'),
        size=38,
        received_at=timezone.now(),
    )
    client = client_of(head)
    url = reverse("register:raw-answer", args=[answer.uid])
    assert url in client.get(run.get_absolute_url()).content.decode()
    page = client.get(url)
    html = page.content.decode()
    assert "<script>alert" not in html
    assert page.context["body"].text == '{\n  "label": "<script>alert(1)</script>"\n}'
    assert page.context["kept_until"] - answer.received_at == dt.timedelta(days=30)
    assert page["Content-Type"].startswith("text/html")
