"""Orders delivered by 1C: reading the file, understanding documents, the connector's pages."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django import forms
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Account, Page, Window
from kpis.register.connectors.commerceml.connector import CommerceMlConnector
from kpis.register.connectors.commerceml.documents import NotReadable, documents
from kpis.register.connectors.commerceml.inbox import folder_of, name_at
from kpis.register.connectors.commerceml.mapping import Rules, record_of
from kpis.register.connectors.commerceml.settings_form import CommerceMlSettingsForm
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.records import Gone, OrderRecord, OrderStatus, Record, RefundRecord
from tests.register.connectors.commerce import CLOSE, order, parcel, thing
from tests.register.connectors.helpers import NOW, TODAY

UID = "00000000-0000-0000-0000-000000000077"
SETTINGS: dict[str, object] = {
    "shop": "Северный чай",
    "login": "1c",
    "time_zone": "Europe/Moscow",
    "cancelled_statuses": "Отменен, Отказ",
    "unfinished_statuses": "Черновик",
    "promo_requisite": "Промокод",
}
RULES = Rules.of(SETTINGS)


def record(text: str) -> Record | None:
    (document,) = documents(io.BytesIO(parcel(text)))
    return record_of(document, RULES)


def made(text: str) -> OrderRecord:
    found = record(text)
    assert isinstance(found, OrderRecord)
    return found


@pytest.mark.parametrize(
    "content",
    [
        parcel(order("1"), order("2")),
        parcel(order("1"), order("2"), bom=True),
        parcel(order("1"), order("2"), encoding="windows-1251"),
        parcel(order("1"), order("2"), space="urn:1C.ru:commerceml_2"),
        parcel("<Контейнер>", order("1"), order("2"), "</Контейнер>"),
    ],
    ids=["utf-8", "bom", "windows-1251", "name space", "container"],
)
def test_a_file_in_every_form_1c_writes(content: bytes) -> None:
    found = list(documents(io.BytesIO(content)))
    assert [document.key for document in found] == ["id-1", "id-2"]
    assert found[0].operation == "Заказ товара"


def test_an_order_with_all_it_tells() -> None:
    goods = thing("2.5") + thing("1") + thing("1", "Услуга")
    found = made(order("00-17", goods=goods, total="1 234,50"))
    assert found == OrderRecord(
        key="id-00-17",
        day=dt.date(2026, 3, 18),
        amount=Decimal("1234.50"),
        currency="RUB",
        subject=RULES.shop,
        at=dt.datetime(2026, 3, 18, 12, 10, 11, tzinfo=ZoneInfo("Europe/Moscow")),
        units=Decimal("3.5"),
        number="00-17",
        customer="buyer-7",
        contacts=("anna@example.org", "+7 900 000-00-07"),
    )


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, OrderStatus.PLACED),
        ({"Проведен": "true"}, OrderStatus.PLACED),
        ({"Проведен": "false"}, OrderStatus.OPEN),
        ({"Статус_заказа": "Черновик"}, OrderStatus.OPEN),
        ({"Статус_заказа": "[F] Отказ"}, OrderStatus.CANCELLED),
        ({"Статус_заказа": "отменен"}, OrderStatus.CANCELLED),
        ({"Отменен": "true", "Проведен": "true"}, OrderStatus.CANCELLED),
        ({"Отменен": "false"}, OrderStatus.PLACED),
        ({"Дата_оплаты_по_1С": "2026-03-19T10:00:00"}, OrderStatus.PAID),
        ({"Дата_оплаты_по_1С": "19.03.2026"}, OrderStatus.PAID),
        ({"Дата_оплаты_по_1С": "0001-01-01T00:00:00"}, OrderStatus.PLACED),
        ({"Дата_оплаты_по_1С": "T"}, OrderStatus.PLACED),
        ({"Заказ_оплачен": "true"}, OrderStatus.PAID),
        ({"Отменен": "true", "Дата_оплаты_по_1С": "2026-03-19"}, OrderStatus.CANCELLED),
    ],
)
def test_statuses_stand_in_requisites(values: dict[str, str], status: OrderStatus) -> None:
    assert made(order("1", **values)).status == status


def test_a_document_marked_for_deletion_is_gone() -> None:
    assert record(order("1", ПометкаУдаления="true")) == Gone("id-1")


def test_a_return_is_a_refund_of_its_order() -> None:
    text = order("9", operation="Возврат товара", total="-700", extra="<Основание>id-1</Основание>")
    found = record(text)
    assert isinstance(found, RefundRecord)
    assert (found.amount, found.order, found.units) == (Decimal(700), "id-1", Decimal(2))
    assert record(order("9", operation="Возврат товара", Проведен="false")) == Gone("id-9")


@pytest.mark.parametrize(
    "text",
    [
        order("1", operation="Отпуск товара"),
        order("1", operation="Выплата безналичных денег"),
        order("1", role="Покупатель"),
    ],
)
def test_other_documents_make_nothing(text: str) -> None:
    assert record(text) is None


def test_a_discount_counts_only_beside_a_promo_code() -> None:
    cut = "<Скидки><Скидка><Наименование>Код</Наименование><Сумма>150.00</Сумма></Скидка></Скидки>"
    assert made(order("1", extra=cut)).discount is None
    coded = made(order("1", extra=cut, Промокод="CHAI10"))
    assert (coded.discount, coded.promo_code) == (Decimal(150), "CHAI10")
    assert [touch.value for touch in coded.touches] == ["CHAI10"]


def test_a_document_without_an_id_is_named_by_number_and_date() -> None:
    assert made(order("17").replace("<Ид>id-17</Ид>", "")).key == "17 2026-03-18"


def test_a_long_id_is_shortened_without_clashes() -> None:
    one, two = (made(order("x" * 90 + end)) for end in "ab")
    assert one.key != two.key
    assert len(one.key) <= 80


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"<html><body>login</body></html>",
        parcel(order("1"))[:-30],
        parcel(order("1"))[:300],
        BOMB + "<КоммерческаяИнформация>&a;</КоммерческаяИнформация>".encode(),
        b'<?xml version="1.0" encoding="no-such-code"?><a/>',
        parcel(order("1", total="много")),
        parcel(order("1").replace("<Номер>1</Номер>", "").replace("<Ид>id-1</Ид>", "")),
    ],
    ids="empty zip html cut cut-early bomb encoding figure nameless".split(),
)
def test_what_is_no_such_file_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NotReadable) as caught:
        list(documents(io.BytesIO(content)))
    assert str(caught.value.message)


@pytest.mark.parametrize(
    "text",
    [
        order("1", day="18.13.2026"),
        order("1", time="25:00"),
        order("1", currency="тугрики"),
    ],
)
def test_a_document_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        record(text)


@pytest.fixture
def inbox(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    folder = folder_of(UID) / "delivered"
    folder.mkdir(parents=True)
    return folder


def deliver(inbox: Path, at: dt.datetime, content: bytes, number: str = "00000001") -> None:
    (inbox / name_at(at, number)).write_bytes(content)


def connector(**settings: object) -> CommerceMlConnector:
    return CommerceMlConnector(
        Account({**SETTINGS, **settings}, {"password": "long-enough-word"}, uid=UID)
    )


def read(first: dt.date = TODAY, last: dt.date = TODAY) -> list[Page]:
    return list(connector().read("orders", Window(first, last)))


def test_of_a_document_delivered_twice_the_last_word_counts(inbox: Path) -> None:
    hour = dt.timedelta(hours=1)
    deliver(inbox, NOW - 2 * hour, parcel(order("1"), order("2"), order("3")))
    deliver(inbox, NOW - hour, parcel(order("1", total="9"), order("2", ПометкаУдаления="true")))
    pages = read()
    assert [page.received for page in pages] == [2, 3]
    records = {record.key: record for page in pages for record in page.records}
    assert sum(len(page.records) for page in pages) == 3
    assert records["id-2"] == Gone("id-2")
    changed = records["id-1"]
    assert isinstance(changed, OrderRecord)
    assert changed.amount == 9


def test_a_delivery_belongs_to_the_day_of_the_shop(inbox: Path) -> None:
    late = dt.datetime(2026, 3, 19, 21, 30, tzinfo=dt.UTC)  # half past midnight in Moscow
    deliver(inbox, late, parcel(order("1")))
    assert [page.received for page in read(TODAY, TODAY)] == [1]
    yesterday = TODAY - dt.timedelta(days=1)
    assert [page.received for page in read(yesterday, yesterday)] == [0]


def test_a_silent_1c_is_told_and_no_quiet_success(inbox: Path) -> None:
    (nothing,) = read()
    assert "anything yet" in str(nothing.notices[0])
    deliver(inbox, NOW - dt.timedelta(days=4), parcel(order("1")))
    (page,) = read()
    assert "2026-03-16" in str(page.notices[0])
    deliver(inbox, NOW - dt.timedelta(days=1), parcel(order("1")))
    (page,) = read()
    assert page.notices == ()


def test_a_broken_delivery_is_a_bug_with_the_file(inbox: Path) -> None:
    content = parcel(order("1")).replace(CLOSE.encode(), b"")
    deliver(inbox, NOW, content)
    with pytest.raises(BugError) as caught:
        read()
    assert caught.value.raw == content


def test_foreign_files_in_the_folder_are_not_read(inbox: Path) -> None:
    (inbox / "orders.xml").write_bytes(parcel(order("1")))
    assert [page.received for page in read()] == [0]


def test_an_unknown_stream_is_refused(inbox: Path) -> None:
    with pytest.raises(ConfigError):
        list(connector().read("returns", Window(TODAY, TODAY)))


def test_the_check_says_what_is_missing(inbox: Path) -> None:
    items = {item.name: item for item in connector(login="").check()}
    assert not items["password"].ok
    assert f"/exchange/1c/{UID}/" in str(items["delivery"].advice)
    deliver(inbox, NOW, parcel(order("1")))
    items = {item.name: item for item in connector().check()}
    assert items["password"].ok
    assert items["delivery"].detail == "2026-03-20 12:00"


def form(**changed: str) -> forms.Form:
    values = {"shop": "1C", "login": "1c", "password": "long-enough-word"}
    return CommerceMlSettingsForm(data=values | {"time_zone": "Europe/Moscow"} | changed)


def test_the_form() -> None:
    assert form().is_valid()
    assert form(password="").is_valid()
    for field, value in {"login": "a:b", "password": "short", "time_zone": "Moscow"}.items():
        assert field in form(**{field: value}).errors
