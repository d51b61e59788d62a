"""Any JSON service: every way of paging and of sending the secret, every fault as one class."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal

import pytest

from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.json_http.connector import JsonConnector
from kpis.register.connectors.json_http.contract_server import COLUMNS, SECRET, USER, JsonPlay
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 13), dt.date(2026, 3, 19)
DATES = "from={first}&to={last}"


@pytest.fixture
def service(stage: Stage) -> Staged:
    return stage(JsonConnector, JsonPlay)


def point(service: Staged, path: str, **settings: object) -> None:
    service.settings["base_url"] = f"{service.play.stage.url()}/{path}"
    service.settings |= settings


WAYS: dict[str, tuple[str, dict[str, object]]] = {
    "page": (f"stats?{DATES}&page={{page}}&size={{size}}", {"paging": "page"}),
    "offset": (f"offset?{DATES}&offset={{offset}}&size={{size}}", {"paging": "offset"}),
    "cursor": (
        f"cursor?{DATES}&cursor={{cursor}}",
        {"paging": "cursor", "cursor_path": "data.next"},
    ),
    "next": (f"links?{DATES}", {"paging": "next", "cursor_path": "data.next"}),
    "none": (f"all?{DATES}", {"paging": "none"}),
    "post": (
        "search",
        {
            "paging": "page",
            "method": "POST",
            "body": '{"from": "{first}", "to": "{last}", "page": "{page}", "size": "{size}", '
            '"deep": {"cursor": "{cursor}", "kept": null}}',
        },
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_paging_reads_everything(service: Staged, way: str) -> None:
    path, settings = WAYS[way]
    point(service, path, **settings)
    assert service.facts("rows", FIRST, LAST) == service.play.truth(FIRST, LAST)
    pages = service.read("rows", FIRST, LAST)
    assert sum(page.received for page in pages) == pages[-1].announced == 21
    assert (len(pages) > 3) is (way != "none")
    assert not any(page.notices for page in pages)


@pytest.mark.parametrize("way", WAYS)
def test_an_overlap_of_pages_does_not_double(service: Staged, way: str) -> None:
    path, settings = WAYS[way]
    point(service, path, **settings)
    service.fault("duplicated_row")
    assert service.facts("rows", FIRST, LAST) == service.play.truth(FIRST, LAST)


@pytest.mark.parametrize("way", ["page", "offset"])
def test_a_service_that_gives_less_than_asked(service: Staged, way: str) -> None:
    path, settings = WAYS[way]
    point(service, path, **settings, total_path="")
    service.fault("small_pages")
    assert service.facts("rows", FIRST, LAST) == service.play.truth(FIRST, LAST)


@pytest.mark.parametrize(
    ("auth", "name"),
    [("bearer", ""), ("header", "X-Api-Key"), ("query", "api_key"), ("basic", USER)],
)
def test_the_secret_goes_where_it_belongs_and_nowhere_else(
    service: Staged, auth: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path, settings = WAYS["next"]
    point(service, path, **settings, auth=auth, auth_name=name)
    pages = service.read("rows", FIRST, LAST)
    assert sum(page.received for page in pages) == 21
    for page in pages:
        assert SECRET.encode() not in page.raw
        assert SECRET not in page.request
    assert SECRET not in caplog.text


def test_money_is_exact(service: Staged) -> None:
    facts = [fact for page in service.read("rows", FIRST, FIRST) for fact in page.facts]
    costs = [fact for fact in facts if fact.metric == "media_cost"]
    assert costs
    for fact in costs:
        assert fact.currency == "RUB"
        assert isinstance(fact.value, Decimal)
        key = ("media_cost", f"placement:{fact.subject.key}", FIRST)
        assert fact.value == service.play.truth(FIRST, FIRST)[key]
    assert {fact.currency for fact in facts if fact.metric != "media_cost"} == {""}
    assert "Купонный сайт" in {fact.subject.label for fact in facts}


def test_rows_of_one_day_and_thing_are_a_fault_or_are_added(service: Staged) -> None:
    service.settings |= {"subject_path": "", "subject_name": "Партнёры"}
    with pytest.raises(BugError):
        service.read("rows", FIRST, LAST)
    service.settings |= {"repeats": "add"}
    facts = service.facts("rows", FIRST, LAST)
    for day in {day for _metric, _subject, day in facts}:
        truth = only(service.play.truth(day, day), "clicks")
        assert facts["clicks", "placement:all", day] == sum(truth.values())


def test_a_unique_field_keeps_added_rows_from_doubling(service: Staged) -> None:
    service.fault("duplicated_row")
    service.settings |= {"repeats": "add", "key_path": "partner.id"}
    assert sum(page.received for page in service.read("rows", FIRST, FIRST)) == 3
    assert service.facts("rows", FIRST, FIRST) == service.play.truth(FIRST, FIRST)


def test_an_answer_without_days_is_asked_day_by_day(service: Staged) -> None:
    point(
        service,
        f"totals?{DATES}",
        paging="none",
        rows_path="",
        total_path="",
        error_path="",
        day_path="",
        subject_path="name",
        subject_label_path="",
        columns="clicks = clicks",
    )
    assert service.connect().streams()[0].slice_days == 1
    facts = service.facts("rows", FIRST, FIRST)
    truth = only(service.play.truth(FIRST, FIRST), "clicks")
    assert sorted(facts.values()) == sorted(truth.values())
    with pytest.raises(ConfigError):
        service.read("rows", FIRST, LAST)


def test_a_total_that_grows_meanwhile_is_a_shortfall(service: Staged) -> None:
    service.fault("total_changes")
    pages = service.read("rows", FIRST, LAST)
    assert pages[-2].announced == sum(page.received for page in pages) + 1


@pytest.mark.parametrize(("fault", "change"), [("restated_day", 5), ("vanished_row", None)])
def test_a_changed_past_is_seen_on_the_next_reading(
    service: Staged, fault: str, change: int | None
) -> None:
    service.fault(fault)
    before, after = (service.facts("rows", FIRST, LAST) for _ in range(2))
    key = ("clicks", "placement:p3", LAST)
    assert before == service.play.truth(FIRST, LAST)
    assert after.get(key) == (None if change is None else before[key] + change)


def test_an_empty_figure_is_missing_and_said(service: Staged) -> None:
    service.fault("null_metric", times=1)
    pages = service.read("rows", FIRST, LAST)
    told = {(f.metric, f.subject.key, f.day) for page in pages for f in page.facts}
    assert ("clicks", "p1", FIRST) not in told
    assert ("orders", "p1", FIRST) in told
    assert "stats.clicks" in str(pages[-1].notices[0])


def test_rows_of_other_days_are_left_out_and_said(service: Staged) -> None:
    service.fault("other_days")
    assert service.facts("rows", FIRST, LAST) == service.play.truth(FIRST, LAST)
    pages = service.read("rows", FIRST, LAST)
    assert "3 rows" in str(pages[-1].notices[0])


@pytest.mark.parametrize("fault", ["new_field", "cp1251"])
def test_what_does_not_disturb(service: Staged, fault: str) -> None:
    service.fault(fault)
    assert service.facts("rows", FIRST, LAST) == service.play.truth(FIRST, LAST)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("rate_limit_hint", WaitError),
        ("rate_limit", WaitError),
        ("limit_body", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("empty_204", RetryError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("token_expired", AuthError),
        ("token_expires_midway", AuthError),
        ("denied_body", AuthError),
        ("bad_request", ConfigError),
        ("same_page", ConfigError),
        ("no_rows", ConfigError),
        ("renamed_field", BugError),
    ],
)
def test_every_fault_has_its_class(
    service: Staged, fault: str, expected: type[SourceError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.fault(fault)
    with pytest.raises(expected) as caught:
        service.read("rows", FIRST, LAST)
    error = caught.value
    told = f"{error} {error.detail} {error.advice} {getattr(error, 'raw', b'')!r} {caplog.text}"
    assert SECRET not in told
    if isinstance(error, WaitError):
        pause = 120 if fault == "rate_limit_hint" else 300
        assert error.until == NOW + dt.timedelta(seconds=pause)


@pytest.mark.parametrize(
    ("way", "fault", "expected"),
    [("next", "foreign_link", ConfigError), ("cursor", "circle", BugError)],
)
def test_pages_that_lead_astray(
    service: Staged, way: str, fault: str, expected: type[SourceError]
) -> None:
    path, settings = WAYS[way]
    point(service, path, **settings)
    service.fault(fault)
    with pytest.raises(expected):
        service.read("rows", FIRST, LAST)


def test_check_shows_the_first_rows(service: Staged) -> None:
    items = service.check()
    assert [(item.name, item.ok) for item in items] == [
        ("reach", True),
        ("secret", True),
        ("rows", True),
        ("sample", True),
    ]
    assert "5 of 21" in str(items[2].detail)
    sample = str(items[3].detail)
    clicks = service.play.truth(FIRST, FIRST)["clicks", "placement:p1", FIRST]
    assert f"2026-03-13 Блог «Листок»: clicks {clicks}, orders" in sample
    assert "RUB" in sample
    assert sample.count("2026-03-13") == 3


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("token_expired", "secret"),
        ("limit_body", "secret"),
        ("unavailable", "reach"),
        ("bad_request", "reach"),
        ("no_rows", "rows"),
        ("renamed_field", "sample"),
    ],
)
def test_check_says_what_is_wrong(service: Staged, fault: str, wrong: str) -> None:
    service.fault(fault)
    assert [item.name for item in service.check() if not item.ok] == [wrong]


@pytest.mark.parametrize("secret", ["wrong-key", "", "ключ-ключ"])
def test_check_with_a_wrong_secret(service: Staged, secret: str) -> None:
    service.secrets["secret"] = secret
    assert [item.name for item in service.check() if not item.ok] == ["secret"]


def test_the_columns_of_the_play_are_the_streams_metrics(service: Staged) -> None:
    connector = service.connect()
    assert connector.streams()[0].metrics == ("clicks", "orders", "media_cost")
    assert COLUMNS.count("=") == 3
    connector.close()
