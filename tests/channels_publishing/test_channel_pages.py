"""Pages of channels and placements: who opens them, what they show and accept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from channels_publishing.menu import channels as provider
from channels_publishing.models import Channel, Placement
from channels_publishing.services.channels import channel_archive
from staff.accounts.models import User
from tests.channels_publishing.helpers import make_channel, plan
from tests.factories import Tree

Open = Callable[[User], Client]
APP = "channels_publishing"


@pytest.fixture
def channel(tree: Tree, head: User) -> Channel:
    return make_channel(head, tree.a)


@pytest.fixture
def placement(channel: Channel, head: User) -> Placement:
    return plan(head, channel)


def test_rows_out_of_scope_are_not_found(
    channel: Channel, placement: Placement, outsider: User, client_of: Open
) -> None:
    client = client_of(outsider)
    for row in (channel, placement):
        assert client.get(row.get_absolute_url()).status_code == 404
    for name in ("channel-edit", "channel-judge"):
        assert client.get(reverse(f"{APP}:{name}", args=[channel.uid])).status_code == 404
    assert client.post(reverse(f"{APP}:channel-archive", args=[channel.uid])).status_code == 404
    for name in ("placement-edit", "placement-place", "placement-check", "placement-cancel"):
        assert client.get(reverse(f"{APP}:{name}", args=[placement.uid])).status_code == 404


@pytest.mark.parametrize("role", ["auditor", "trainee"])
def test_without_the_right_rows_are_read_only(
    channel: Channel, role: str, client_of: Open, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(role))
    assert client.get(channel.get_absolute_url()).status_code == 200
    assert client.get(reverse(f"{APP}:channel-create")).status_code == 403
    assert client.get(reverse(f"{APP}:channel-edit", args=[channel.uid])).status_code == 403
    assert client.post(reverse(f"{APP}:channel-archive", args=[channel.uid])).status_code == 403


def test_a_channel_is_added_and_judged_on_the_page(
    tree: Tree, specialist: User, client_of: Open
) -> None:
    client = client_of(specialist)
    form = {"direction": tree.a.pk, "kind": "page", "name": "Page", "url": "", "audience": ""}
    done = client.post(reverse(f"{APP}:channel-create"), form)
    channel = Channel.objects.get()
    assert done["Location"] == channel.get_absolute_url()
    client.post(
        reverse(f"{APP}:channel-edit", args=[channel.uid]),
        {"kind": "page", "name": "Page of brand", "url": "https://a.example/", "audience": ""},
    )
    verdict = {"verdict": "test", "reason": "New audience"}
    client.post(reverse(f"{APP}:channel-judge", args=[channel.uid]), verdict)
    page = client.get(channel.get_absolute_url()).content.decode()
    assert "Page of brand" in page
    assert "New audience" in page


def test_a_name_in_use_returns_to_the_form(
    channel: Channel, tree: Tree, specialist: User, client_of: Open
) -> None:
    form = {"direction": tree.a.pk, "kind": "group", "name": channel.name, "audience": "Typed"}
    answer = client_of(specialist).post(reverse(f"{APP}:channel-create"), form)
    assert answer.status_code == 422
    assert "already a channel with this name" in answer.content.decode()
    assert "Typed" in answer.content.decode()


def test_a_placement_goes_its_way_on_the_pages(
    placement: Placement, specialist: User, client_of: Open
) -> None:
    client = client_of(specialist)
    steps: list[tuple[str, dict[str, str]]] = [
        (
            "placement-place",
            {"url": "https://a.example/1", "published_at": f"{timezone.now():%Y-%m-%dT%H:%M}"},
        ),
        ("placement-check", {"good": "no", "note": "Wrong picture"}),
    ]
    for name, form in steps:
        address = reverse(f"{APP}:{name}", args=[placement.uid])
        assert client.get(address).status_code == 200
        assert client.post(address, form).status_code == 302
    placement.refresh_from_db()
    assert placement.state == "defect"
    assert "Wrong picture" in client.get(placement.get_absolute_url()).content.decode()


def test_the_archive_is_shown_on_demand(channel: Channel, head: User, client_of: Open) -> None:
    channel_archive(actor=head, channel=channel)
    address = reverse(f"{APP}:channel-list")
    assert channel.name not in client_of(head).get(address).content.decode()
    shown = client_of(head).get(address, {"archived": "yes"})
    assert channel.name in shown.content.decode()


def test_late_placements_are_found(channel: Channel, head: User, client_of: Open) -> None:
    plan(head, channel, "Late one", planned_at=timezone.now() - dt.timedelta(hours=1))
    plan(head, channel, "Next one")
    page = client_of(head).get(reverse(f"{APP}:placement-list"), {"state": "late"})
    assert "Late one" in page.content.decode()
    assert "Next one" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_lists_cost_the_same(
    channel: Channel,
    head: User,
    client_of: Open,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        plan(head, make_channel(head, channel.direction, f"Group {number}"), f"Post {number}")
    client = client_of(head)
    with django_assert_max_num_queries(14):
        page = client.get(reverse(f"{APP}:channel-list"), {"q": "group"})
    assert page.content.decode().count("Group ") >= rows
    with django_assert_max_num_queries(14):
        page = client.get(reverse(f"{APP}:placement-list"), {"q": "post"})
    assert page.content.decode().count("Post ") == rows


def test_placements_are_exported(placement: Placement, head: User, client_of: Open) -> None:
    file = client_of(head).get(reverse(f"{APP}:placement-list"), {"_export": "csv"})
    assert "Spring post" in file.content.decode()
    assert "planned" in file.content.decode()


def test_the_search_stays_in_scope(placement: Placement, head: User, outsider: User) -> None:
    assert [hit.label for hit in provider(head, "spring", 5)] == ["Spring post"]
    assert [hit.label for hit in provider(head, "vk", 5)] == ["VK group"]
    assert list(provider(outsider, "vk", 5)) == []
