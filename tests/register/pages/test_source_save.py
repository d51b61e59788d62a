"""Adding, changing and trying a source through its pages; secrets stay inside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib.crypto import unseal
from kpis.register.models import Source, StreamMetric
from kpis.register.services.sources import stream_ensure
from kpis.simulator import Simulator
from kpis.simulator.server import TOKEN
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.register import rows

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(port=0) as running:
        yield running


@pytest.fixture
def typed(tree: Tree, head: User, simulator: Simulator) -> dict[str, Any]:
    return {
        "name": "Site",
        "scope": tree.department.scope.uid,
        "every_minutes": 60,
        "history_from": "2026-01-01",
        "owner": head.uid,
        "base_url": simulator.url,
        "site_id": 1,
        "ecommerce": "on",
        "campaigns": "on",
        "token_auth": TOKEN,
    }


NEW = "register:source-create"


def test_it_saves_and_checks(head: User, client_of: Open, typed: dict[str, Any]) -> None:
    client = client_of(head)
    answer = client.post(reverse(NEW, args=["matomo"]), typed, follow=True)
    source = Source.objects.get()
    assert answer.redirect_chain[-1][0] == f"{source.get_absolute_url()}#check"
    checks = answer.context["checks"]
    assert len(checks) >= 6
    assert all(item.ok for item in checks)
    assert unseal(source.sealed_secrets) == {"token_auth": TOKEN}
    assert "token_auth" not in source.settings
    assert source.settings["campaigns"] is True


def test_it_says_which_check_fails(
    head: User, client_of: Open, typed: dict[str, Any], simulator: Simulator
) -> None:
    client = client_of(head)
    wrong = {**typed, "token_auth": "not-the-token-0000"}
    answer = client.post(reverse(NEW, args=["matomo"]), wrong, follow=True)
    failed = [item for item in answer.context["checks"] if not item.ok]
    assert [item.label for item in failed] == ["The token is accepted"]
    assert failed[0].advice
    assert "not-the-token-0000" not in answer.content.decode()


def test_it_checks_in_place(head: User, client_of: Open, typed: dict[str, Any]) -> None:
    client = client_of(head)
    client.post(reverse(NEW, args=["matomo"]), typed)
    source = Source.objects.get()
    url = reverse("register:source-check", args=[source.uid])
    html = client.post(url, headers={"HX-Request": "true"}).content.decode()
    assert html.lstrip().startswith('<div id="check-result">')
    assert "The site is visible" in html
    assert client.post(url)["Location"] == f"{source.get_absolute_url()}#check"


def test_it_asks_for_the_token_at_first(head: User, client_of: Open, typed: dict[str, Any]) -> None:
    answer = client_of(head).post(reverse(NEW, args=["matomo"]), {**typed, "token_auth": ""})
    assert answer.status_code == 422
    assert "token_auth" in answer.context["form"].errors
    assert not Source.objects.exists()


def test_it_keeps_what_was_typed_but_the_secret(
    head: User, client_of: Open, typed: dict[str, Any]
) -> None:
    wrong = {**typed, "base_url": "ftp://stats.example.com"}
    html = client_of(head).post(reverse(NEW, args=["matomo"]), wrong).content.decode()
    assert "ftp://stats.example.com" in html
    assert "Enter an http or https address" in html
    assert TOKEN not in html


def test_it_refuses_a_name_that_is_taken(
    head: User, client_of: Open, typed: dict[str, Any], matomo: Source
) -> None:
    answer = client_of(head).post(reverse(NEW, args=["matomo"]), typed)
    assert answer.context["form"].errors["name"] == ["There is already a source with this name."]


def test_it_refuses_a_place_of_others(
    head: User, client_of: Open, typed: dict[str, Any], other_tree: Tree
) -> None:
    elsewhere = {**typed, "scope": other_tree.department.scope.uid}
    answer = client_of(head).post(reverse(NEW, args=["matomo"]), elsewhere)
    assert "scope" in answer.context["form"].errors


def test_it_keeps_the_stored_secret(
    head: User, client_of: Open, typed: dict[str, Any], matomo: Source
) -> None:
    client = client_of(head)
    matomo.settings["base_url"] = typed["base_url"]
    matomo.save()
    url = reverse("register:source-edit", args=[matomo.uid])
    html = client.get(url).content.decode()
    assert "stored, leave empty to keep" in html
    assert rows.TOKEN not in html
    client.post(url, {**typed, "name": "Renamed", "token_auth": ""})
    matomo.refresh_from_db()
    assert matomo.name == "Renamed"
    assert unseal(matomo.sealed_secrets) == {"token_auth": rows.TOKEN}
    client.post(url, {**typed, "token_auth": "another-token-1234"})
    matomo.refresh_from_db()
    assert unseal(matomo.sealed_secrets) == {"token_auth": "another-token-1234"}


def test_it_never_shows_the_secret(
    head: User,
    client_of: Open,
    typed: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    simulator: Simulator,
) -> None:
    client = client_of(head)
    with caplog.at_level(logging.DEBUG):
        client.post(reverse(NEW, args=["matomo"]), typed)
        source = Source.objects.get()
        client.post(reverse("register:source-check", args=[source.uid]))
    seen = [
        client.get(url).content.decode()
        for url in (
            source.get_absolute_url(),
            reverse("register:source-edit", args=[source.uid]),
            reverse("register:source-list"),
            reverse("register:source-list") + "?_export=csv",
        )
    ]
    seen += [f"{event.before} {event.after}" for event in AuditEvent.objects.all()]
    seen.append(caplog.text)
    source.refresh_from_db()
    seen += [str(source.check_report), str(source.settings)]
    assert not [text for text in seen if TOKEN in text]


def test_it_pauses_and_resumes(head: User, client_of: Open, matomo: Source) -> None:
    client = client_of(head)
    client.post(reverse("register:source-pause", args=[matomo.uid]))
    assert not Source.objects.get().is_active
    assert str(client.get(matomo.get_absolute_url()).context["health"].word) == "paused"
    client.post(reverse("register:source-resume", args=[matomo.uid]))
    assert Source.objects.get().is_active
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-2:] == ["register.source.paused", "register.source.resumed"]


def test_it_chooses_what_counts(head: User, client_of: Open, matomo: Source) -> None:
    stream_ensure(source=matomo, name="visits", metrics=("sessions",))
    pair = StreamMetric.objects.get()
    url = reverse("register:metric-count", args=[pair.pk])
    client = client_of(head)
    client.post(url, {"counted": "no"})
    pair.refresh_from_db()
    assert not pair.is_counted
    assert "for comparison only" in client.get(matomo.get_absolute_url()).content.decode()
    client.post(url, {"counted": "yes"})
    pair.refresh_from_db()
    assert pair.is_counted


def test_it_does_not_let_others_choose_what_counts(
    outsider: User, client_of: Open, matomo: Source
) -> None:
    stream_ensure(source=matomo, name="visits", metrics=("sessions",))
    pair = StreamMetric.objects.get()
    url = reverse("register:metric-count", args=[pair.pk])
    assert client_of(outsider).post(url, {"counted": "no"}).status_code == 404
