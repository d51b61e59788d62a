"""Every fault ends in exactly one class, with words for the person and never with a hole."""

from __future__ import annotations

import datetime as dt
import logging
import socket

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from tests.register.connectors.helpers import NOW, TOKEN, Connect, Play, Serve

WEEK = Window(dt.date(2026, 3, 2), dt.date(2026, 3, 8))
STREAMS = ("visits", "ecommerce", "campaigns")


def read(connect: Connect, url: str, stream: str = "visits", **settings: object) -> Page:
    token = str(settings.pop("token", TOKEN))
    (page,) = connect(url, token=token, **settings).read(stream, WEEK)
    return page


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("empty_204", RetryError),
        ("bulk_element_failed", RetryError),
        ("renamed_field", BugError),
        ("rate_limit", WaitError),
    ],
)
def test_a_fault_has_one_class_in_every_stream(
    play: Play, connect: Connect, stream: str, fault: str, error: type[SourceError]
) -> None:
    simulator = play(fault)
    with pytest.raises(error) as refused:
        read(connect, simulator.url, stream)
    assert type(refused.value) is error
    assert str(refused.value)
    assert TOKEN not in f"{refused.value} {refused.value.detail} {refused.value.advice}"
    simulator.faults.clear()
    assert read(connect, simulator.url, stream).received == 7


@pytest.mark.parametrize(
    ("fault", "pause"),
    [("rate_limit_hint", dt.timedelta(seconds=120)), ("rate_limit", dt.timedelta(minutes=5))],
)
def test_a_limit_says_until_when(
    play: Play, connect: Connect, fault: str, pause: dt.timedelta
) -> None:
    with pytest.raises(WaitError) as refused:
        read(connect, play(fault).url)
    assert refused.value.until == NOW + pause


@pytest.mark.parametrize(
    ("hint", "until"),
    [
        ("Fri, 20 Mar 2026 10:00:00 GMT", NOW + dt.timedelta(hours=1)),
        ("99999999999999999999", NOW + dt.timedelta(days=1)),
        ("0", NOW + dt.timedelta(minutes=5)),
        ("soon", NOW + dt.timedelta(minutes=5)),
        ("Thu, 19 Mar 2026 10:00:00 GMT", NOW + dt.timedelta(minutes=5)),
    ],
)
def test_a_hint_is_a_number_a_date_or_nothing(
    serve: Serve, connect: Connect, hint: str, until: dt.datetime
) -> None:
    for status in (429, 503):
        if status == 503 and hint == "soon":
            continue  # without a usable hint a 503 is a temporary fault, not a limit
        with pytest.raises(WaitError) as refused:
            read(connect, serve(status, b"later", Retry_After=hint))
        assert refused.value.until == until


def test_a_slow_body_is_given_up(play: Play, connect: Connect, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.4}
    with pytest.raises(RetryError):
        read(connect, play("slow_body").url)


def test_a_huge_body_is_refused(play: Play, connect: Connect, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"max_bytes": 100}
    with pytest.raises(BugError):
        read(connect, play().url)


def test_nobody_listening_is_temporary(connect: Connect) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(RetryError):
            read(connect, f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("token", ["wrong-token-value", "wrong/token+value="])
def test_a_wrong_token_asks_for_a_new_one(play: Play, connect: Connect, token: str) -> None:
    with pytest.raises(AuthError) as refused:
        read(connect, play().url, token=token)
    assert "invalid or expired" in refused.value.detail
    assert token not in refused.value.detail


def test_no_token_is_not_even_sent(connect: Connect) -> None:
    with pytest.raises(AuthError):
        read(connect, "http://127.0.0.1:9", token="")


@pytest.mark.parametrize("site", [3, "x"])
def test_an_unknown_site_names_its_setting(play: Play, connect: Connect, site: object) -> None:
    with pytest.raises(ConfigError) as refused:
        read(connect, play().url, site_id=site)
    assert refused.value.field == "site_id"


def test_a_closed_network_names_the_address(
    play: Play, connect: Connect, settings: Settings
) -> None:
    settings.HTTP_ALLOW_LOOPBACK = False
    with pytest.raises(ConfigError) as refused:
        read(connect, play().url)
    assert refused.value.field == "base_url"
    assert "loopback" in refused.value.detail


def test_a_redirect_is_not_followed(serve: Serve, connect: Connect, play: Play) -> None:
    url = serve(302, b"", Location=f"{play().url}/index.php?secret=1")
    with pytest.raises(ConfigError) as refused:
        read(connect, url)
    assert refused.value.field == "base_url"
    assert "secret" not in str(refused.value.advice)


@pytest.mark.parametrize("fault", ["vanished_day"])
@pytest.mark.parametrize("stream", STREAMS)
def test_a_missing_day_is_never_an_empty_one(
    play: Play, connect: Connect, stream: str, fault: str
) -> None:
    simulator = play(fault)
    read(connect, simulator.url, stream)
    with pytest.raises(BugError) as refused:
        read(connect, simulator.url, stream)
    assert "2026-03-08" in refused.value.detail
    assert b"2026-03-07" in refused.value.raw


def test_a_renamed_field_is_named_and_the_answer_kept(play: Play, connect: Connect) -> None:
    with pytest.raises(BugError) as refused:
        read(connect, play("renamed_field").url)
    assert "nb_visits, 2026-03-02" in refused.value.detail
    assert b"total_count" in refused.value.raw


@pytest.mark.parametrize(
    ("stream", "metric", "name"),
    [("visits", "sessions", "nb_visits"), ("ecommerce", "orders", "nb_conversions")],
)
def test_null_is_missing_and_not_zero(
    play: Play, connect: Connect, stream: str, metric: str, name: str
) -> None:
    page = read(connect, play("null_metric").url, stream)
    days = [fact.day for fact in page.facts if fact.metric == metric]
    assert days == WEEK.days()[:-1]
    assert len(page.facts) == 7 * len({fact.metric for fact in page.facts}) - 1
    (notice,) = page.notices
    assert name in str(notice)
    assert "2026-03-08" in str(notice)


def test_a_new_field_is_a_remark(play: Play, connect: Connect) -> None:
    plain, new = (read(connect, play(*faults).url) for faults in ((), ("new_field",)))
    assert new.facts == plain.facts
    (notice,) = new.notices
    assert "nb_hologram_views" in str(notice)


def test_windows_1251_is_read_and_remarked(play: Play, connect: Connect) -> None:
    plain, strange = (read(connect, play(*f).url, "campaigns") for f in ((), ("cp1251",)))
    assert strange.facts == plain.facts
    assert "весенняя коллекция" in {fact.subject.label for fact in strange.facts}
    (notice,) = strange.notices
    assert "windows-1251" in str(notice)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, b"Unauthorized", AuthError),
        (403, b"<h1>Forbidden</h1>", AuthError),
        (404, b"Not Found", ConfigError),
        (400, b"Bad Request", BugError),
        (500, b'{"result":"error","message":"Something nobody has seen"}', RetryError),
        (200, b'{"result":"error","message":"Something nobody has seen"}', BugError),
        (200, b'{"result":"error","message":"You have been blocked: too many tries"}', WaitError),
        (200, b"", RetryError),
        (200, b"[]", BugError),
        (200, b"[1,2,3]", BugError),
        (200, b"[NaN,[]]", BugError),
        (200, b"[" * 100_000, BugError),
        (200, b'[{"idsite":1},{}] <b>Fatal error</b> in line 7', BugError),
        (200, b"\xef\xbb\xbfnull", BugError),
    ],
)
def test_an_answer_of_another_shape_has_its_class(
    serve: Serve, connect: Connect, status: int, body: bytes, error: type[SourceError]
) -> None:
    with pytest.raises(error) as refused:
        read(connect, serve(status, body))
    assert type(refused.value) is error


def test_an_echoed_token_is_masked_everywhere(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = "s3cret/with+signs="
    error = serve(200, b'{"result":"error","message":"What is POSTED"}', echo=True)
    with pytest.raises(AuthError) as unwelcome:
        read(connect, error, token=token)
    data = serve(200, b'{"data":"POSTED"}', echo=True)
    with pytest.raises(BugError) as refused:
        read(connect, data, token=token)
    assert "token_auth=***" in unwelcome.value.detail
    assert b"token_auth=***" in refused.value.raw
    kept = f"{unwelcome.value.detail} {refused.value.raw!r} {refused.value.detail} {caplog.text}"
    for form in (token, "s3cret%2Fwith%2Bsigns%3D", "s3cret%2fwith"):
        assert form not in kept


def test_the_clock_is_the_one_of_the_tests() -> None:
    assert timezone.now() == NOW
