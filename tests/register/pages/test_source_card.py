"""The page of a source: what must be done first, streams, limits, remarks, and its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kpis.register.connectors.base import Reread
from kpis.register.connectors.matomo.connector import MatomoConnector
from kpis.register.models import Gate, GateOfSource, Slice, Source, Stream
from kpis.register.models.run import State
from kpis.register.services.mail_events import mail_key
from kpis.register.services.sources import source_create, stream_ensure
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.register import rows

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
Day = dt.date
JANUARY = ("visits", Day(2026, 1, 1), Day(2026, 1, 31), State.DONE, 30)
FEBRUARY = ("visits", Day(2026, 2, 1), Day(2026, 2, 28), State.DONE, 28)
FAULT = {"en": "The token was refused", "ru": "Токен отвергнут"}
ADVICE = {"en": "Make a new one", "ru": "Сделайте новый"}
SAMPLED = {"en": "Computed from a sample.", "ru": "По выборке."}


def todo(client: Client, source: Source) -> list[tuple[str, str]]:
    items = client.get(source.get_absolute_url()).context["todo"]
    return [(item.mark, item.text) for item in items]


def test_it_says_first_what_must_be_done(
    matomo: Source, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run_of(state=State.FAILED, error=FAULT, error_kind="auth", advice=ADVICE)
    Source.objects.update(state=Source.State.ATTENTION, attention=FAULT)
    client = client_of(head)
    html = client.get(matomo.get_absolute_url()).content.decode()
    assert todo(client, matomo) == [("danger", "The token was refused")]
    assert "Make a new one" in html
    assert html.index("Make a new one") < html.index("What it gives")
    assert reverse("register:source-edit", args=[matomo.uid]) in html


def test_a_reading_that_failed_in_parts_leads_to_it(
    matomo: Source, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.PARTIAL, error=FAULT, error_kind="config")
    client = client_of(head)
    (item,) = client.get(matomo.get_absolute_url()).context["todo"]
    assert (item.mark, item.url) == ("warning", run.get_absolute_url())
    run_of(state=State.DONE)
    assert todo(client, matomo) == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, [("danger", "The secret ran out on")]),
        (14, [("warning", "The secret runs out on")]),
        (15, []),
    ],
)
def test_the_end_of_a_secret_is_announced_in_time(
    days: int, said: list[tuple[str, str]], matomo: Source, head: User, client_of: Open
) -> None:
    Source.objects.update(secret_expires_on=timezone.localdate() + dt.timedelta(days=days))
    shown = todo(client_of(head), matomo)
    assert [(mark, text[: len(said[0][1])]) for mark, text in shown] == said


def test_late_streams_are_told_together(matomo: Source, head: User, client_of: Open) -> None:
    for name in ("visits", "ecommerce"):
        stream_ensure(source=matomo, name=name, metrics=rows.STREAMS[name])
    Stream.objects.update(loaded_at=timezone.now() - dt.timedelta(hours=100))
    ((mark, text),) = todo(client_of(head), matomo)
    assert mark == "warning"
    assert "Visits (4 days old, agreed 26 hours)" in text
    assert text.count("agreed") == 2
    Source.objects.update(is_active=False)
    assert todo(client_of(head), matomo) == []


def test_advice_to_a_reader_has_no_links_of_the_head(
    matomo: Source, director: User, client_of: Open
) -> None:
    Source.objects.update(secret_expires_on=timezone.localdate())
    (item,) = client_of(director).get(matomo.get_absolute_url()).context["todo"]
    assert item.url == ""


def test_the_agreed_age_is_changed_in_place(matomo: Source, head: User, client_of: Open) -> None:
    stream = stream_ensure(source=matomo, name="visits", metrics=())
    url = reverse("register:stream-agree", args=[stream.pk])
    client = client_of(head)
    assert url in client.get(matomo.get_absolute_url()).content.decode()
    answer = client.post(url, {"hours": "168"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{matomo.get_absolute_url()}#streams"
    assert "7 days" in answer.content.decode()
    stream.refresh_from_db()
    assert stream.agreed_hours == 168
    event = AuditEvent.objects.get(action="register.stream.agreed")
    assert (event.before["agreed_hours"], event.after["agreed_hours"]) == (26, 168)
    client.post(url, {"hours": "168"})
    assert AuditEvent.objects.filter(action="register.stream.agreed").count() == 1


@pytest.mark.parametrize("hours", ["0", "-5", "9601", "soon", ""])
def test_an_impossible_age_comes_back_to_the_form(
    hours: str, matomo: Source, head: User, client_of: Open
) -> None:
    stream = stream_ensure(source=matomo, name="visits", metrics=())
    url = reverse("register:stream-agree", args=[stream.pk])
    answer = client_of(head).post(url, {"hours": hours})
    assert answer.status_code == 422
    assert "hours" in answer.context["form"].errors
    assert answer.context["form"]["hours"].value() == hours
    stream.refresh_from_db()
    assert stream.agreed_hours == 26


@pytest.mark.parametrize(
    ("role", "status"),
    [("director", 403), ("auditor", 403), ("specialist", 403), ("outsider", 404)],
)
def test_only_those_who_keep_the_source_agree(
    role: str, status: int, matomo: Source, client_of: Open, request: pytest.FixtureRequest
) -> None:
    stream = stream_ensure(source=matomo, name="visits", metrics=())
    client = client_of(request.getfixturevalue(role))
    url = reverse("register:stream-agree", args=[stream.pk])
    assert client.post(url, {"hours": "5"}).status_code == status
    assert client.get(url).status_code == status


def test_limits_are_said_in_words(matomo: Source, head: User, client_of: Open) -> None:
    now = timezone.now()
    until = timezone.localtime(now + dt.timedelta(days=3))
    limits: dict[str, dict[str, Any]] = {
        "x.day": {"remaining": 8, "total": 200, "resets_at": until},
        "x.queue": {"closed_until": until},
        "x.account": {"remaining": 3},
    }
    for name, told in limits.items():
        gate = Gate.objects.create(name=name, key="", arrival=now, counted_at=now, **told)
        GateOfSource.objects.create(source=matomo, gate=gate)
    quotas = client_of(head).get(matomo.get_absolute_url()).context["quotas"]
    assert [str(quota.label) for quota in quotas] == [
        "Reports at a time",
        "Requests a day",
        "Requests",
    ]
    assert quotas[0].words.startswith("closed until")
    assert quotas[1].words.startswith("8 of 200 left until")
    assert quotas[2].words == "3 left"
    assert [quota.mark for quota in quotas] == ["warn", "warn", ""]


def test_remarks_of_the_last_readings_are_gathered(
    matomo: Source, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    old = run_of(state=State.DONE, slices=[JANUARY])
    Slice.objects.update(notices=[SAMPLED, {"en": "<b>New</b> field", "ru": "Поле"}])
    new = run_of(state=State.DONE, slices=[FEBRUARY])
    Slice.objects.filter(run=new).update(notices=[SAMPLED])
    page = client_of(head).get(matomo.get_absolute_url())
    first, second = page.context["remarks"]
    assert (first.text, first.times, first.run) == ("Computed from a sample.", 2, new)
    assert (first.first_day, first.last_day) == (JANUARY[1], FEBRUARY[2])
    assert (second.times, second.run) == (1, old)
    assert "&lt;b&gt;New&lt;/b&gt; field" in page.content.decode()


def test_remarks_of_long_ago_are_forgotten(
    matomo: Source, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    run = run_of(state=State.DONE, slices=[JANUARY])
    Slice.objects.update(notices=[SAMPLED])
    type(run).objects.update(created_at=timezone.now() - dt.timedelta(days=40))
    assert client_of(head).get(matomo.get_absolute_url()).context["remarks"] == []


def test_deep_readings_are_told(
    matomo: Source, head: User, client_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = stream_ensure(source=matomo, name="visits", metrics=())
    stream.rereads = {"30": (timezone.now() - dt.timedelta(days=2)).isoformat()}
    stream.save()
    own = MatomoConnector.streams

    def deeper(self: MatomoConnector) -> Any:
        return tuple(replace(spec, deep=(Reread(30, 168),)) for spec in own(self))

    monkeypatch.setattr(MatomoConnector, "streams", deeper)
    html = " ".join(client_of(head).get(matomo.get_absolute_url()).content.decode().split())
    assert "the last 30 days are read again every 7 days (2 days ago)" in html


def test_a_switched_off_stream_says_so(matomo: Source, head: User, client_of: Open) -> None:
    stream_ensure(source=matomo, name="campaigns", metrics=())
    client = client_of(head)
    words = "no longer read: switched off"
    assert words not in client.get(matomo.get_absolute_url()).content.decode()
    Source.objects.update(settings=matomo.settings | {"campaigns": False})
    assert words in client.get(matomo.get_absolute_url()).content.decode()


class _HalfByHand(MatomoConnector):
    manual_metrics: ClassVar[tuple[str, ...]] = ("followers",)
    manual_note: ClassVar[str] = "The interface has no followers."


def test_what_is_entered_by_hand_is_named(
    matomo: Source, head: User, client_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(head)
    assert client.get(matomo.get_absolute_url()).context["manual"] is None
    monkeypatch.setattr("kpis.register.selectors.sources.connector_class", lambda kind: _HalfByHand)
    html = client.get(matomo.get_absolute_url()).content.decode()
    assert "The interface has no followers." in html
    assert reverse("register:sheet", args=[matomo.uid]) in html
    assert str(rows.metric("followers").name) in html


@pytest.fixture
def mails(tree: Tree, head: User) -> Source:
    plain = {"service": "postmark", "time_zone": "UTC", "metadata_field": "id", "address_number": 1}
    scope = tree.department.scope
    return source_create(
        actor=head, scope=scope, kind="mail_webhooks", name="Letters", plain=plain, secrets={}
    )


def test_the_address_is_for_those_who_keep_the_source(
    mails: Source, head: User, director: User, client_of: Open
) -> None:
    url = mails.get_absolute_url()
    page = client_of(head).get(url)
    assert page.context["address"].endswith(f"/{mail_key(mails)}/")
    assert f'data-copy="{page.context["address"]}"' in page.content.decode()
    assert mail_key(mails) not in client_of(director).get(url).content.decode()


def test_1c_is_given_its_address(tree: Tree, head: User, client_of: Open) -> None:
    source = source_create(
        actor=head,
        scope=tree.department.scope,
        kind="commerceml",
        name="1C",
        plain={"shop": "1C", "login": "site", "time_zone": "Europe/Moscow"},
        secrets={"password": "long-enough-password"},
    )
    page = client_of(head).get(source.get_absolute_url())
    assert page.context["address"].endswith(f"/exchange/1c/{source.uid}/")
    assert "long-enough-password" not in page.content.decode()


def test_a_source_that_is_asked_has_no_address(matomo: Source, head: User, client_of: Open) -> None:
    assert "vendor-address" not in client_of(head).get(matomo.get_absolute_url()).content.decode()


def test_the_page_costs_the_same_with_many_streams_and_runs(
    matomo: Source, head: User, client_of: Open, run_of: Callable[..., Any]
) -> None:
    client, url = client_of(head), matomo.get_absolute_url()

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    run_of(state=State.DONE, slices=[JANUARY])
    Slice.objects.update(notices=[SAMPLED])
    one = cost()
    for _number in range(10):
        run_of(state=State.DONE, slices=[JANUARY, ("campaigns", *FEBRUARY[1:])])
    Slice.objects.update(notices=[SAMPLED])
    assert cost() == one
