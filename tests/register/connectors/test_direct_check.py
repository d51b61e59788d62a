"""The check of a Direct source and its settings form."""

from __future__ import annotations

from contextlib import closing

import pytest

from kpis.register.connectors.direct.connector import DirectConnector
from kpis.register.connectors.direct.contract_server import DirectPlay
from kpis.register.connectors.direct.settings_form import DirectSettingsForm
from tests.register.connectors.staged import Stage, Staged


@pytest.fixture
def direct(stage: Stage) -> Staged:
    return stage(DirectConnector, DirectPlay)


def outcome(direct: Staged) -> dict[str, bool]:
    with closing(direct.connect()) as connector:
        return {item.name: item.ok for item in connector.check()}


def test_the_check_tries_every_right(direct: Staged) -> None:
    assert outcome(direct) == {"reach": True, "client": True, "currency": True, "report": True}
    direct.settings["client_login"] = "severny-chai"
    direct.settings["currency"] = "BYN"
    assert outcome(direct)["currency"] is False
    direct.fault("wrong_goal")
    assert outcome(direct)["report"] is False
    direct.calm()
    direct.fault("queued")
    assert outcome(direct)["report"] is True


@pytest.mark.parametrize(
    ("fault", "items"),
    [
        ("token_expired", {"reach": True, "client": False}),
        ("no_rights", {"reach": True, "client": False}),
        ("units_spent", {"reach": True, "client": False}),
        ("unavailable", {"reach": False}),
        ("html_page", {"reach": False}),
        ("truncated_json", {"reach": False}),
    ],
)
def test_the_check_stops_where_the_cause_is(
    direct: Staged, fault: str, items: dict[str, bool]
) -> None:
    direct.fault(fault)
    assert outcome(direct) == items


@pytest.mark.parametrize("secret", ["wrong-direct-token", ""])
def test_the_check_tells_a_wrong_token_without_repeating_it(direct: Staged, secret: str) -> None:
    direct.secrets["token"] = secret
    with closing(direct.connect()) as connector:
        items = list(connector.check())
    assert [item.ok for item in items] == [True, False]
    assert str(items[-1].detail)
    assert "wrong-direct-token" not in repr([(i.detail, i.advice) for i in items])


def test_the_check_tells_a_client_of_somebody_else(direct: Staged) -> None:
    direct.settings["client_login"] = "chuzhoy-chai"
    assert outcome(direct) == {"reach": True, "client": False}


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"goals": "one"}, "goals"),
    ({"goals": ",".join(map(str, range(11)))}, "goals"),
    ({"client_login": "логин"}, "client_login"),
    ({"base_url": "ftp://api.direct.yandex.com"}, "base_url"),
    ({"base_url": "https://me:secret@api.direct.yandex.com"}, "base_url"),
    ({"level": "keyword"}, "level"),
    ({"currency": "ZZZ"}, "currency"),
    ({"attribution": "GUESS"}, "attribution"),
]


@pytest.mark.parametrize(("typed", "field"), REFUSED)
def test_the_form_refuses(typed: dict[str, object], field: str) -> None:
    initial = {name: item.initial for name, item in DirectSettingsForm().fields.items()}
    assert list(DirectSettingsForm({**initial, **typed}).errors) == [field]


def test_the_form_keeps_what_is_right() -> None:
    form = DirectSettingsForm(
        {
            "base_url": "api.direct.yandex.com/",
            "level": "group",
            "currency": "KZT",
            "goals": "3001; 3002 3001",
            "attribution": "LSC",
            "token": " t ",
        }
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["base_url"] == "https://api.direct.yandex.com"
    assert form.cleaned_data["goals"] == "3001,3002"
    assert "token" in DirectConnector.secret_fields
