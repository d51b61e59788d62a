"""The check of an Ozon source, its settings form, and the reading of advertising reports."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest

from config.lib.http import Answer
from kpis.register.connectors.base import Window
from kpis.register.connectors.errors import BugError, RetryError, SourceError
from kpis.register.connectors.ozon.ad_report import AdFigures, Campaign, ad_figures
from kpis.register.connectors.ozon.connector import OzonConnector
from kpis.register.connectors.ozon.contract_server import OzonPlay
from kpis.register.connectors.ozon.settings_form import OzonSettingsForm
from tests.register.connectors.staged import Stage, Staged

WINDOW = Window(dt.date(2026, 3, 2), dt.date(2026, 3, 3))
ONE = Campaign("101", "Чай", "SKU")
TWO = Campaign("102", "Набор", "SKU")
HEAD = "День;sku;Показы;Клики;Расход, ₽, с НДС\n"
ROWS = "02.03.2026;1;1 200;10;1 234,56\n02.03.2026;2;30;1;0,44\n03.03.2026;1;7;0;0,00\n"


@pytest.fixture
def ozon(stage: Stage) -> Staged:
    return stage(OzonConnector, OzonPlay)


def outcome(ozon: Staged) -> dict[str, bool]:
    return {item.name: item.ok for item in ozon.check()}


def test_the_check_tries_every_role(ozon: Staged) -> None:
    ozon.settings["analytics"] = "views"
    assert outcome(ozon) == dict.fromkeys(
        ("reach", "key", "fbs", "fbo", "finance", "analytics", "performance"), True
    )
    ozon.settings |= {"analytics": "sales", "ads": False}
    assert list(outcome(ozon)) == ["reach", "key", "finance", "analytics"]


def test_the_check_goes_on_after_a_missing_role(ozon: Staged) -> None:
    ozon.fault("no_role", times=1)
    found = outcome(ozon)
    assert found.pop("fbs") is False
    assert all(found.values())
    assert {"reach", "key", "fbo", "finance", "performance"} == set(found)


@pytest.mark.parametrize(
    ("fault", "items"),
    [
        ("token_expired", {"reach": True, "key": False, "performance": False}),
        ("blocked", {"reach": True, "limit": False, "performance": True}),
        ("unavailable", {"reach": False, "performance": False}),
        ("html_page", {"reach": False, "performance": False}),
    ],
)
def test_the_check_stops_where_the_cause_is(
    ozon: Staged, fault: str, items: dict[str, bool]
) -> None:
    ozon.fault(fault)
    assert outcome(ozon) == items


@pytest.mark.parametrize("name", ["api_key", "performance_secret"])
@pytest.mark.parametrize("value", ["", "not-the-right-secret"])
def test_the_check_tells_a_wrong_secret_without_repeating_it(
    ozon: Staged, name: str, value: str
) -> None:
    ozon.secrets[name] = value
    items = ozon.check()
    bad = [item for item in items if not item.ok]
    assert [item.name for item in bad] == ["key" if name == "api_key" else "performance"]
    assert str(bad[0].advice) or not value
    assert "not-the-right-secret" not in " ".join(f"{one.detail} {one.advice}" for one in items)


def test_the_check_tells_another_seller(ozon: Staged) -> None:
    ozon.settings["client_id"] = "1"
    assert outcome(ozon)["key"] is False


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"client_id": "shop"}, "client_id"),
    ({"client_id": ""}, "client_id"),
    ({"base_url": "ftp://api-seller.ozon.ru"}, "base_url"),
    ({"performance_url": "https://a:b@api-performance.ozon.ru"}, "performance_url"),
    ({"analytics": "all"}, "analytics"),
    ({"currency": "ZZZ"}, "currency"),
    ({"ads": True}, "performance_id"),
    ({"fbs": False, "fbo": False, "finance": False}, "__all__"),
]


@pytest.mark.parametrize(("typed", "field"), REFUSED)
def test_the_form_refuses(typed: dict[str, object], field: str) -> None:
    initial = {name: item.initial for name, item in OzonSettingsForm().fields.items()}
    good = {**initial, "client_id": "104823"}
    assert OzonSettingsForm(good).is_valid()
    assert list(OzonSettingsForm({**good, **typed}).errors) == [field]


def test_the_form_takes_advertising_alone() -> None:
    initial = {name: item.initial for name, item in OzonSettingsForm().fields.items()}
    alone = {"fbs": False, "fbo": False, "finance": False, "ads": True, "performance_id": "p"}
    assert OzonSettingsForm({**initial, "client_id": "1", **alone}).is_valid()


def figures(body: bytes, *campaigns: Campaign, kind: str = "text/csv") -> AdFigures:
    answer = Answer(200, {"content-type": kind}, body, 0.0)
    return ad_figures(
        answer,
        campaigns=campaigns or (ONE,),
        window=WINDOW,
        currency="RUB",
        provisional=dt.date(2026, 3, 3),
    )


def packed(**files: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return body.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        ";Кампания по продвижению товаров № 101, период 02.03.2026-03.03.2026\n" + HEAD + ROWS,
        HEAD + ROWS + "Всего;;1 237;11;1 235,00\n",
        "\ufeff" + HEAD.replace("День", "Дата") + ROWS + "Корректировка;;;;-1,00\n",
        "Date;sku;Impressions;Clicks;Expense, ₽, incl. VAT\n"
        + ROWS.replace("02.03.2026", "2026-03-02")
        + "Total;;1237;11;1235,00\n",
    ],
)
def test_reports_of_all_spellings_are_read_to_the_kopeck(text: str) -> None:
    found = figures(text.encode())
    read = {(fact.metric, fact.day.day): fact.value for fact in found.facts}
    assert read == {
        ("impressions", 2): 1230,
        ("clicks", 2): 11,
        ("media_cost", 2): Decimal("1235.00"),
        ("impressions", 3): 7,
        ("clicks", 3): 0,
        ("media_cost", 3): Decimal("0.00"),
    }
    assert {fact.currency for fact in found.facts if fact.metric == "media_cost"} == {"RUB"}
    assert {fact.day.day for fact in found.facts if fact.flags} == {3}
    assert bool(found.notices) == ("Корректировка" in text)


def test_a_zip_has_a_table_for_each_campaign() -> None:
    body = packed(**{"101_02.03.2026-03.03.2026.csv": HEAD + ROWS, "102.csv": HEAD})
    found = figures(body, ONE, TWO, kind="application/zip")
    assert {fact.subject.key for fact in found.facts} == {"101"}
    assert (found.rows, found.notices) == (3, ())
    assert "102" in str(figures(packed(**{"101.csv": HEAD}), ONE, TWO).notices[0])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ((HEAD + ROWS)[:-8].encode(), RetryError),
        ((HEAD + "02.03.2026;1;5\n" + ROWS).encode(), BugError),
        ((HEAD + "04.03.2026;1;5;1;1,00\n").encode(), BugError),
        ((HEAD + "02.03.2026;1;5;1;1.000,00\n").encode(), BugError),
        ((HEAD + "02.03.2026;1;5,5;1;1,00\n").encode(), BugError),
        ((HEAD + "вчера;1;5;1;1,00\n").encode(), BugError),
        (("№ 999;\n" + HEAD + ROWS).encode(), BugError),
        (b"a;b\n1;2\n", BugError),
        (b"", RetryError),
        (b"<html></html>", BugError),
        (b'{"error": "no"}', BugError),
        (packed(**{"101.csv": HEAD + ROWS})[:-10], RetryError),
        (packed(**{"101.csv": HEAD, "101_2.csv": HEAD}), BugError),
        (packed(**{"../../etc/999.csv": HEAD}), BugError),
        (packed(**{f"{number}.csv": HEAD for number in range(101)}), BugError),
        (packed(**{"101.csv": "0" * (33 * 1024 * 1024)}), BugError),
    ],
)
def test_a_report_that_is_not_as_agreed_is_refused(body: bytes, error: type[SourceError]) -> None:
    with pytest.raises(SourceError) as caught:
        figures(body, ONE, TWO) if body[:2] == b"PK" else figures(body)
    assert type(caught.value) is error
