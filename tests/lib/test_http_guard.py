"""No spelling of a closed address gets through, and nothing is asked twice."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from config.lib.http import AddressRefused, HostNotFound, UrlRefused, check_url
from config.lib.http_guard import AddressPolicy

Found = list[tuple[Any, ...]]


def answer_with(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """The name server's answer to every question."""
    found: Found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 80)) for text in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "[::]",
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "3232235521",
        "100.64.0.1",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
    ],
)
def test_a_closed_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        AddressPolicy().addresses(host, 80)
    assert "address" in str(refused.value)


@pytest.mark.parametrize("host", ["8.8.8.8", "134744072", "[2606:4700::1111]", "[::ffff:8.8.8.8]"])
def test_a_public_address_is_allowed(host: str) -> None:
    assert len(AddressPolicy().addresses(host, 443)) == 1


def test_one_closed_address_refuses_the_whole_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(AddressRefused):
        AddressPolicy().addresses("mixed.example", 80)


def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(HostNotFound):
        AddressPolicy().addresses("nowhere.example", 80)


def test_loopback_is_opened_alone() -> None:
    policy = AddressPolicy(loopback=True)
    assert policy.addresses("127.0.0.1", 80) == ["127.0.0.1"]
    assert policy.addresses("[::1]", 80) == ["::1"]
    for host in ("10.0.0.1", "169.254.169.254", "0.0.0.0", "[fd00::1]"):
        with pytest.raises(AddressRefused):
            policy.addresses(host, 80)


def test_a_named_host_may_be_private_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = AddressPolicy(private_hosts=frozenset({"matomo.intranet"}))
    answer_with(monkeypatch, "10.0.0.7")
    assert policy.addresses("Matomo.Intranet.", 80) == ["10.0.0.7"]
    for host in ("other.intranet", "x.matomo.intranet"):
        with pytest.raises(AddressRefused):
            policy.addresses(host, 80)


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255"])
def test_some_addresses_stay_closed_to_named_hosts_too(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    answer_with(monkeypatch, address)
    with pytest.raises(AddressRefused):
        AddressPolicy(private_hosts=frozenset({"matomo.intranet"})).addresses("matomo.intranet", 80)


def test_the_settings_say_what_is_open(settings: Settings) -> None:
    settings.HTTP_ALLOW_LOOPBACK = False
    settings.HTTP_ALLOW_PRIVATE_HOSTS = ["Matomo.Intranet"]
    policy = AddressPolicy.from_settings()
    assert policy == AddressPolicy(False, frozenset({"matomo.intranet"}))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "gopher://example.com",
        "http://",
        "https:///path",
        "https://user@example.com",
        "https://user:pass@example.com",
        "https://:pass@example.com",
        "http://example.com:99999",
        "http://example.com:0",
        "http://exam ple.com",
        "http://example.com\n",
        "http://[::1",
    ],
)
def test_an_address_that_is_none_of_ours_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["http://example.com", "https://пример.рф/путь", "HTTPS://E.com:8443"]
)
def test_an_ordinary_address_is_taken(url: str) -> None:
    assert check_url(url).host
