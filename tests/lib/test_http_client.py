"""The client against real sockets: what it sends, what it refuses, when it gives up."""

from __future__ import annotations

import gzip
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from config.lib.http import (
    AddressRefused,
    BodyTooLarge,
    Client,
    ConnectFailed,
    HttpError,
    HttpTimeout,
    Limits,
    ProtocolFailed,
    RedirectRefused,
    TlsFailed,
    UrlRefused,
)
from config.lib.http_guard import AddressPolicy

LOOPBACK = AddressPolicy(loopback=True)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 2\r\n\r\nok"
Respond = Callable[[socket.socket], None]
Script = Callable[..., "Server"]


class Server:
    """Accepts connections, remembers what it was sent, answers by ``respond``."""

    def __init__(self, respond: Respond) -> None:
        self.received: list[bytes] = []
        self._respond = respond
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread.start()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    self.received.append(_request(connection))
                    self._respond(connection)
                except OSError:
                    pass  # the client under test hung up, which some tests are about

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._listening.close()


def _request(connection: socket.socket) -> bytes:
    """Head and body as sent; what is not HTTP comes as its first piece."""
    sent = connection.recv(65536)
    length = re.search(rb"content-length: ([0-9]+)", sent.lower())
    while length and len(sent.partition(b"\r\n\r\n")[2]) < int(length[1]):
        sent += connection.recv(65536)
    return sent


@pytest.fixture
def script() -> Iterator[Script]:
    started: list[Server] = []

    def start(answer: bytes | Respond = OK) -> Server:
        respond = answer if callable(answer) else lambda connection: connection.sendall(answer)
        started.append(Server(respond))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def fetch(url: str, path: str = "", *, limits: Limits | None = None) -> bytes:
    with Client(url, policy=LOOPBACK, limits=limits) as client:
        return client.request("GET", path).body


def with_body(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""])
    return head.encode() + body


def test_it_sends_a_form_with_its_own_name(script: Script) -> None:
    server = script()
    with Client(f"{server.url}/base/", policy=LOOPBACK) as client:
        answer = client.request("POST", "/index.php", form={"a": "1 2", "b": "я"})
    assert (answer.status, answer.body, answer.content_type) == (200, b"ok", "text/plain")
    assert answer.charset == "utf-8"
    (sent,) = server.received
    assert sent.startswith(b"POST /base/index.php HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{server.port}".encode() in sent.lower()
    assert b"user-agent: modus/" in sent.lower()
    assert sent.endswith(b"a=1+2&b=%D1%8F")


def test_it_asks_the_name_server_once_and_goes_where_it_was_checked(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = script()
    plain = socket.getaddrinfo
    asked: list[object] = []

    def rebinding(host: object, *args: object, **kwargs: object) -> object:
        if host != "rebind.example":
            return plain(host, *args, **kwargs)  # type: ignore[arg-type]  # passed on as it came
        asked.append(host)
        return plain("127.0.0.1" if len(asked) == 1 else "127.0.0.2", server.port)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert fetch(f"http://rebind.example:{server.port}") == b"ok"
    assert asked == ["rebind.example"]
    assert b"rebind.example" in server.received[0]


def test_a_refused_address_is_never_contacted(script: Script, settings: Settings) -> None:
    settings.HTTP_ALLOW_LOOPBACK = False
    settings.HTTP_ALLOW_PRIVATE_HOSTS = []
    server = script()
    with Client(server.url) as client, pytest.raises(AddressRefused):
        client.request("GET")
    assert server.received == []


@pytest.mark.parametrize("status", [201, 400, 401, 404, 429, 500, 503])
def test_any_status_is_an_answer(script: Script, status: int) -> None:
    server = script(f"HTTP/1.1 {status} X\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n".encode())
    with Client(server.url, policy=LOOPBACK) as client:
        answer = client.request("GET")
    assert (answer.status, answer.headers["retry-after"]) == (status, "5")
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(script: Script, status: int) -> None:
    target = script()
    answer = f"HTTP/1.1 {status} X\r\nLocation: {target.url}/x?token=1\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(RedirectRefused) as refused:
        fetch(script(answer.encode()).url)
    assert refused.value.location == f"{target.url}/x"
    assert target.received == []


def test_a_path_cannot_lead_to_another_host(script: Script) -> None:
    server = script()
    for path in ("//evil.example/x", "@evil.example/", "http://evil.example/", "..//evil.example"):
        try:
            fetch(server.url, path)
        except UrlRefused:
            continue
    assert all(f"127.0.0.1:{server.port}".encode() in sent for sent in server.received)
    with pytest.raises(UrlRefused):
        fetch(server.url, "\x00")


def test_a_packed_body_is_unpacked(script: Script) -> None:
    packed = gzip.compress("привет".encode())
    assert fetch(script(with_body(packed, "Content-Encoding: gzip")).url).decode() == "привет"


def test_a_bomb_is_refused_before_it_opens(script: Script) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(BodyTooLarge):
        fetch(
            script(with_body(bomb, "Content-Encoding: gzip")).url, limits=Limits(max_bytes=200_000)
        )


def test_a_body_of_exactly_the_limit_is_taken(script: Script) -> None:
    limits = Limits(max_bytes=1000)
    assert len(fetch(script(with_body(bytes(1000))).url, limits=limits)) == 1000
    with pytest.raises(BodyTooLarge):
        fetch(script(with_body(bytes(1001))).url, limits=limits)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (with_body(gzip.compress(b"x" * 99)[:-9], "Content-Encoding: gzip"), ProtocolFailed),
        (with_body(b"not packed", "Content-Encoding: gzip"), ProtocolFailed),
        (with_body(b"??", "Content-Encoding: br"), ProtocolFailed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", ProtocolFailed),
        (b"SSH-2.0-OpenSSH_9.6\r\n", ProtocolFailed),
        (b"", ProtocolFailed),
    ],
    ids=["cut", "not-packed", "unknown-packing", "short", "not-http", "nothing"],
)
def test_half_an_answer_is_no_answer(script: Script, answer: bytes, error: type[HttpError]) -> None:
    server = script(answer)
    with pytest.raises(error):
        fetch(server.url)
    assert len(server.received) == 1


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_dripping_answer_is_given_up_as_a_whole(script: Script, start: bytes) -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        while not done.wait(0.02):
            connection.sendall(b"x")

    server = script(drip)
    try:
        with pytest.raises(HttpTimeout):
            fetch(server.url, limits=Limits(read=5, total=0.3))
    finally:
        done.set()


def test_nobody_listening_is_told() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectFailed):
            fetch(f"http://127.0.0.1:{held.getsockname()[1]}")


def test_a_server_without_tls_is_told(script: Script) -> None:
    server = script(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(TlsFailed):
        fetch(f"https://127.0.0.1:{server.port}")


def test_a_proxy_of_the_environment_is_not_used(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = script(), script()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    assert fetch(server.url) == b"ok"
    assert proxy.received == []


def test_a_secret_in_the_address_stays_out_of_the_log(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="config.lib.http")
    server = script()
    with Client(server.url, secrets=["123:very/secret"], policy=LOOPBACK) as client:
        client.request("GET", "bot123:very/secret/getMe", params={"key": "123:very/secret"})
    assert "/bot***/getMe" in caplog.text
    assert "secret" not in caplog.text


def test_the_limits_are_settings(settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 7}
    assert Limits.from_settings() == Limits(total=7)
