"""Wildberries: the connection check, what the token tells, the settings form."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import pytest

from kpis.register.connectors.base import Account, CheckItem
from kpis.register.connectors.wildberries.connector import WildberriesConnector
from kpis.register.connectors.wildberries.contract_server import WildberriesPlay
from kpis.register.connectors.wildberries.settings_form import WildberriesSettingsForm
from kpis.register.connectors.wildberries.wording import token_of
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged


@pytest.fixture
def shop(stage: Stage) -> Staged:
    return stage(WildberriesConnector, WildberriesPlay)


def items(shop: Staged) -> dict[str, CheckItem]:
    with closing(shop.connect()) as connector:
        return {item.name: item for item in connector.check()}


def test_the_check_tries_the_token_and_each_category(shop: Staged) -> None:
    found = items(shop)
    assert list(found) == ["token", "statistics", "advert"]
    assert all(item.ok for item in found.values())
    assert "2035-01-01" in str(found["token"].detail)
    assert "7f4c1d0a" in str(found["token"].detail)


def test_the_check_of_a_wrong_token_says_what_to_do(shop: Staged) -> None:
    shop.secrets["token"] = token_of(NOW + dt.timedelta(days=3))
    found = items(shop)
    assert not found["statistics"].ok
    assert found["statistics"].advice
    assert "token" in str(found["statistics"].detail)


def test_the_check_of_a_token_without_a_category(shop: Staged) -> None:
    shop.fault("no_category")
    found = items(shop)
    assert found["token"].ok
    assert "Promotion" in str(found["advert"].advice)


@pytest.mark.parametrize("token", ["", "not-a-token", token_of(NOW - dt.timedelta(days=1))])
def test_the_check_of_an_unusable_token(shop: Staged, token: str) -> None:
    shop.secrets["token"] = token
    found = items(shop)
    assert not found["token"].ok


def test_the_check_without_advertising_does_not_ask_for_it(shop: Staged) -> None:
    shop.settings["ads"] = False
    assert "advert" not in items(shop)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2026, 4, 1, 20, 59, tzinfo=dt.UTC), dt.date(2026, 4, 1)),
        (dt.datetime(2026, 4, 1, 21, 0, tzinfo=dt.UTC), dt.date(2026, 4, 2)),
    ],
)
def test_the_token_tells_when_it_runs_out(moment: dt.datetime, day: dt.date) -> None:
    connector = WildberriesConnector(Account({}, {"token": token_of(moment)}))
    assert connector.expires_on() == day


@pytest.mark.parametrize("token", ["", "a.b", "a.!!.c", "a.bnVsbA.c", "a.e30.c"])
def test_a_token_that_says_nothing_has_no_last_day(token: str) -> None:
    assert WildberriesConnector(Account({}, {"token": token})).expires_on() is None


FORM = {
    "shop": "Северный чай",
    "token": token_of(NOW + dt.timedelta(days=9)),
    "currency": "RUB",
    "price": "seller",
    "settlement": "weekly",
    "ads": "on",
    "base_url": "statistics-api.wildberries.ru/",
    "advert_url": "https://advert-api.wildberries.ru",
}


def test_the_form_takes_what_a_person_pastes() -> None:
    token = FORM["token"]
    form = WildberriesSettingsForm(data=FORM | {"token": f"Bearer {token[:40]}\n{token[40:]}"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["token"] == token
    assert form.cleaned_data["base_url"] == "https://statistics-api.wildberries.ru"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token", "abc"),
        ("base_url", "ftp://example.org"),
        ("advert_url", "https://me:secret@example.org"),
        ("currency", "XXX"),
        ("price", "retail"),
        ("settlement", "hourly"),
        ("shop", ""),
    ],
)
def test_the_form_refuses(field: str, value: str) -> None:
    form = WildberriesSettingsForm(data=FORM | {field: value})
    assert field in form.errors
