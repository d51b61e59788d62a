"""The connection check names what is wrong and goes no further than it can."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import pytest
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import CheckItem
from kpis.simulator import company
from kpis.simulator.matomo import Matomo
from tests.register.connectors.helpers import TOKEN, Connect, Play, Serve

EVERYTHING = [
    "reach",
    "token",
    "version",
    "site",
    "time_zone",
    "visits",
    "currency",
    "ecommerce",
    "campaigns",
]


def outcome(items: Iterable[CheckItem]) -> dict[str, bool]:
    return {item.name: item.ok for item in items}


def test_it_tries_everything_and_says_what_it_found(play: Play, connect: Connect) -> None:
    items = list(connect(play().url).check())
    assert [item.name for item in items] == EVERYTHING
    assert all(item.ok for item in items)
    details = {item.name: str(item.detail) for item in items}
    assert details["site"] == "1: Северный чай"
    assert (details["time_zone"], details["currency"]) == ("Europe/Moscow", "RUB")
    assert details["version"] == "5.3.2"


def test_it_leaves_out_what_is_switched_off(play: Play, connect: Connect) -> None:
    connector = connect(play().url, ecommerce=False, campaigns=False)
    assert list(outcome(connector.check())) == EVERYTHING[:6]


def test_it_tells_a_wrong_token_from_a_wrong_address(play: Play, connect: Connect) -> None:
    items = list(connect(play().url, token="not-the-token").check())
    assert outcome(items) == {"reach": True, "token": False}
    assert str(items[-1].advice)
    assert "not-the-token" not in repr(items)


def test_it_tells_an_unknown_site(play: Play, connect: Connect) -> None:
    items = list(connect(play().url, site_id=77).check())
    assert outcome(items) == {"reach": True, "token": True, "version": True, "site": False}
    assert "id = 77" in str(items[-1].detail)


def test_it_tells_that_nobody_listens(connect: Connect) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        items = list(connect(f"http://127.0.0.1:{held.getsockname()[1]}").check())
    assert outcome(items) == {"reach": False}


def test_it_tells_a_page_that_is_no_matomo(play: Play, connect: Connect) -> None:
    (item,) = connect(play("html_page").url).check()
    assert (item.name, item.ok) == ("reach", False)
    assert "web page" in str(item.detail)


def test_it_tells_a_closed_network(play: Play, connect: Connect, settings: Settings) -> None:
    settings.HTTP_ALLOW_LOOPBACK = False
    (item,) = connect(play().url).check()
    assert (item.name, item.ok) == ("reach", False)
    assert "loopback" in str(item.detail)


def test_it_tells_a_limit(play: Play, connect: Connect) -> None:
    assert outcome(connect(play("rate_limit").url).check()) == {"reach": True, "limit": False}


@pytest.mark.parametrize("url", ["", "ftp://matomo.example", "http://u:p@127.0.0.1", "http://["])
def test_it_tells_an_address_that_is_none(connect: Connect, url: str) -> None:
    assert outcome(connect(url).check()) == {"reach": False}


def test_it_tells_a_missing_token(connect: Connect) -> None:
    assert outcome(connect("http://127.0.0.1:9", token="").check())["token"] is False


def test_it_tells_that_ecommerce_is_off(
    play: Play, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Matomo._site
    monkeypatch.setattr(Matomo, "_site", lambda self, n: {**plain(self, n), "ecommerce": 0})
    found = outcome(connect(play().url).check())
    assert [name for name, ok in found.items() if not ok] == ["ecommerce"]


def test_it_tells_a_zone_nobody_knows(
    play: Play, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpis.simulator.matomo.TIME_ZONE", "UTC+5.5")
    items = list(connect(play().url).check())
    assert (items[-1].name, items[-1].ok) == ("time_zone", False)


def test_it_tells_a_renamed_field(play: Play, connect: Connect) -> None:
    found = outcome(connect(play("renamed_field").url).check())
    failed = [name for name, ok in found.items() if not ok]
    assert failed == ["visits", "ecommerce", "campaigns"]


def test_it_never_raises_whatever_comes(serve: Serve, connect: Connect) -> None:
    for status, body in [(500, b""), (200, b"null"), (200, b"[[]]"), (204, b""), (302, b"")]:
        items = list(connect(serve(status, body)).check())
        assert not items[-1].ok
        assert TOKEN not in repr(items)


def test_the_shop_has_the_sites_the_checks_speak_of() -> None:
    assert set(company.SITES) == {1, 2}
