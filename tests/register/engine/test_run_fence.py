"""What must not happen to a run: two hands in it, another account's numbers, an endless end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.lib.errors import Invalid
from kpis.register.connectors.base import Fact, Page, SubjectRef, Window
from kpis.register.connectors.errors import AuthError, WaitError
from kpis.register.connectors.matomo.connector import MatomoConnector
from kpis.register.models import RawAnswer, Result, Source, Stream, SyncRun
from kpis.register.models.run import State
from kpis.register.services import runs, sources
from kpis.register.services.claims import run_claim
from staff.accounts.models import User
from tests.register.engine.conftest import MakeSource, go_on, read_once

pytestmark = pytest.mark.django_db


def change_site(actor: User, source: Source, site_id: str) -> None:
    """As a person does while the source is being read."""
    fresh = Source.objects.get(pk=source.pk)
    plain = {**fresh.settings, "site_id": site_id}
    sources.source_update(actor=actor, source=fresh, plain=plain, secrets={})


def test_numbers_of_the_old_account_are_not_written_after_a_change(
    make_source: MakeSource, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(days=60)
    read = MatomoConnector.read

    def changed_meanwhile(self: MatomoConnector, stream: str, window: Window) -> Iterator[Page]:
        pages = list(read(self, stream, window))
        if Source.objects.get(pk=source.pk).settings["site_id"] != "2":
            change_site(head, source, "2")
        yield from pages

    monkeypatch.setattr(MatomoConnector, "read", changed_meanwhile)
    run = read_once(source)
    assert run.state == State.CANCELLED
    assert not run.slices.filter(state__in=["planned", "running", "waiting"]).exists()
    assert not Result.objects.exists()
    assert all(stream.covered == [] for stream in Stream.objects.filter(source=source))
    source.refresh_from_db()
    assert source.next_due_at is not None
    assert read_once(source).state == State.DONE
    assert set(Result.objects.values_list("subject__key", flat=True)) == {"2"}


def test_a_waiting_run_gives_way_to_the_new_settings(source: Source, head: User) -> None:
    later = timezone.now() + dt.timedelta(days=1)
    waiting = SyncRun.objects.create(
        source=source, trigger=SyncRun.Trigger.SCHEDULE, state=State.WAITING, not_before=later
    )
    change_site(head, source, "2")
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED
    assert runs.sweep()["due"] == 1


def test_a_run_goes_on_when_only_the_name_changes(source: Source, head: User) -> None:
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    fresh = Source.objects.get(pk=source.pk)
    sources.source_update(
        actor=head, source=fresh, plain=fresh.settings, secrets={}, name="Renamed"
    )
    run.refresh_from_db()
    assert run.state == State.PLANNED


def test_a_worker_that_lost_the_run_fails_nothing_of_it(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(self: MatomoConnector, stream: str, window: Window) -> Iterator[Page]:
        SyncRun.objects.filter(source=source).update(heartbeat_at=timezone.now() - dt.timedelta(1))
        assert run_claim(SyncRun.objects.get(source=source).pk)
        raise AuthError("the token has just been changed")

    monkeypatch.setattr(MatomoConnector, "read", taken_over)
    run = read_once(source)
    assert run.state == State.RUNNING
    assert not run.slices.filter(state=State.FAILED).exists()
    source.refresh_from_db()
    assert source.state == Source.State.NEW


def test_a_worker_that_lost_the_run_and_stumbles_says_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(self: MatomoConnector, stream: str, window: Window) -> Iterator[Page]:
        SyncRun.objects.filter(source=source).update(heartbeat_at=timezone.now() - dt.timedelta(1))
        assert run_claim(SyncRun.objects.get(source=source).pk)
        raise ZeroDivisionError

    monkeypatch.setattr(MatomoConnector, "read", taken_over)
    run = read_once(source)
    assert run.state == State.RUNNING
    assert not run.slices.filter(state=State.FAILED).exists()


def pages_of(window: Window, *values: Decimal) -> Iterator[Page]:
    """A page for each value of the first day."""
    for value in values:
        fact = Fact(
            day=window.first,
            metric="sessions",
            subject=SubjectRef("site", "1", "Site"),
            value=value,
        )
        yield Page(facts=(fact,), raw=b"{}", request="GET", received=1)


def test_a_number_too_large_for_the_register_ends_the_run(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        MatomoConnector, "read", lambda self, stream, window: pages_of(window, Decimal(10) ** 30)
    )
    source = make_source(days=2)
    run = read_once(source)
    assert run.state == State.FAILED
    assert run.error_text
    source.refresh_from_db()
    assert source.state == Source.State.ATTENTION


def test_a_limit_met_after_the_first_page_is_waited_for(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def limited(self: MatomoConnector, stream: str, window: Window) -> Iterator[Page]:
        yield from pages_of(window, Decimal(1))
        if len(waited) < 2:
            waited.append(1)
            raise WaitError(until=timezone.now())

    monkeypatch.setattr(MatomoConnector, "read", limited)
    run = read_once(make_source(days=2))
    assert run.state == State.WAITING
    run = go_on(go_on(run))
    assert run.state == State.DONE
    assert Result.objects.get().raw_id in RawAnswer.objects.values_list("pk", flat=True)


def test_a_stored_secret_is_not_sent_to_another_server(source: Source, head: User) -> None:
    plain = {**source.settings, "base_url": "https://elsewhere.example"}
    with pytest.raises(Invalid) as refusal:
        sources.source_update(actor=head, source=source, plain=plain, secrets={})
    assert set(refusal.value.fields) == {"token_auth"}
    assert Source.objects.get(pk=source.pk).settings == source.settings
    new = {"token_auth": "for-elsewhere"}
    changed = sources.source_update(actor=head, source=source, plain=plain, secrets=new)
    assert changed.settings["base_url"] == "https://elsewhere.example"


def test_a_source_is_called_simulated_as_long_as_it_is(
    make_source: MakeSource, head: User, settings: Settings
) -> None:
    source = make_source()
    assert not source.is_simulated
    settings.SIMULATOR_URL = source.settings["base_url"]
    here = {**source.settings, "site_id": "2"}
    away = {**source.settings, "base_url": "https://stats.example.com"}
    for plain, simulated in ((here, True), (away, False)):
        changed = sources.source_update(
            actor=head, source=source, plain=plain, secrets={"token_auth": "t"}
        )
        assert changed.is_simulated is simulated
