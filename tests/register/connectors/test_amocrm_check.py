"""amoCRM: the check of a connection, the day its token ends, what the form refuses."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.amocrm.connector import AmocrmConnector
from kpis.register.connectors.amocrm.contract_server import AmocrmPlay
from kpis.register.connectors.amocrm.settings_form import AmocrmSettingsForm
from kpis.register.connectors.base import CheckItem
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 7)
TODAY = dt.date(2026, 3, 20)
MOSCOW = ZoneInfo("Europe/Moscow")


class Small(AmocrmConnector):
    """Asks for few leads at a time."""

    page_size = 20


@pytest.fixture
def account(stage: Stage) -> Staged:
    return stage(Small, AmocrmPlay)


def checked(account: Staged) -> list[CheckItem]:
    with closing(account.connect()) as connector:
        return list(connector.check())


def test_check_names_every_right(account: Staged) -> None:
    items = checked(account)
    assert [item.name for item in items] == ["account", "pipelines", "leads", "contacts", "events"]
    assert all(item.ok for item in items)
    assert "Северный чай" in str(items[0].detail)


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("blocked", {"account"}),
        ("wrong_filter", {"leads", "contacts", "events"}),
        ("empty_204", {"account"}),
    ],
)
def test_check_says_what_is_wrong(account: Staged, fault: str, wrong: set[str]) -> None:
    account.fault(fault)
    assert {item.name for item in checked(account) if not item.ok} == wrong


def test_check_with_a_wrong_token_and_with_none(account: Staged) -> None:
    account.secrets["long_token"] = "some-other-token"
    assert [(item.name, item.ok) for item in checked(account)] == [("account", False)]
    account.secrets.clear()
    assert "refresh token" in str(checked(account)[0].detail)


def test_a_long_token_says_when_it_ends(account: Staged) -> None:
    with closing(account.connect()) as connector:
        assert connector.expires_on() == dt.date(2026, 5, 1)  # type: ignore[attr-defined]
    account.secrets["long_token"] = "no.real.token"
    with closing(account.connect()) as connector:
        assert connector.expires_on() is None  # type: ignore[attr-defined]


def form(**values: object) -> AmocrmSettingsForm:
    base = {"base_url": "tea.amocrm.ru/", "zone": "Europe/Moscow", "deal_day": "won"}
    return AmocrmSettingsForm({**base, **values})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"base_url": "https://user:pass@tea.amocrm.ru"}, "base_url"),
        ({"zone": "Moscow"}, "zone"),
        ({"deal_day": "paid"}, "deal_day"),
    ],
)
def test_the_form_refuses(values: dict[str, object], field: str) -> None:
    assert field in form(**values).errors


def test_the_form_takes_what_is_right_and_shows_no_secret() -> None:
    good = form(long_token="token-value")
    assert good.is_valid(), good.errors
    assert good.cleaned_data["base_url"] == "https://tea.amocrm.ru"
    assert "token-value" not in good.as_p()
    assert set(AmocrmConnector.secret_fields) <= set(AmocrmSettingsForm.base_fields)
