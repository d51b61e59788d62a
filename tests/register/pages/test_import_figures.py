"""Files loaded one after another: figures stay those of the rows, nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from kpis.register.models import DailyTotal, FileImport, Order, Result, Source, StreamMetric
from kpis.register.services import loading
from kpis.register.services.sources import stream_ensure
from staff.accounts.models import Notification, User
from tests.factories import Tree
from tests.register import rows
from tests.register.pages.helpers import load, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
ORDERS = "Номер заказа;Дата заказа;Клиент;Сумма заказа;Валюта\n"


def totals(source: Source) -> dict[tuple[str, str], Decimal]:
    found = DailyTotal.objects.filter(stream__source=source)
    return {(row.metric.code, str(row.day)): row.value for row in found.select_related("metric")}


def put(client: Client, actor: User, source: Source, text: str, **changes: object) -> FileImport:
    return load(client, upload(actor, source, text.encode(), "file.csv"), **changes)


def test_an_order_that_moved_leaves_its_old_day(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    put(client, head, files, ORDERS + "A-1;01.03.2026;c1;100;RUB\nA-2;01.03.2026;c2;50;RUB\n")
    put(client, head, files, ORDERS + "A-1;05.03.2026;c1;100;RUB\nA-3;06.03.2026;c2;70;RUB\n")
    assert totals(files) == {
        ("orders", "2026-03-01"): 1,
        ("revenue", "2026-03-01"): 50,
        ("orders", "2026-03-05"): 1,
        ("revenue", "2026-03-05"): 100,
        ("orders", "2026-03-06"): 1,
        ("revenue", "2026-03-06"): 70,
    }


def test_a_file_of_other_metrics_takes_nothing_away(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    put(client, head, files, "Дата;Визиты\n01.02.2026;10\n02.02.2026;20\n")
    put(client, head, files, "Дата;Расход, руб.\n01.02.2026;5\n02.02.2026;6\n")
    assert totals(files)["sessions", "2026-02-01"] == 10
    assert totals(files)["media_cost", "2026-02-02"] == 6
    put(client, head, files, "Дата;Визиты\n01.02.2026;11\n03.02.2026;30\n")
    assert totals(files) == {
        ("sessions", "2026-02-01"): 11,
        ("sessions", "2026-02-03"): 30,
        ("media_cost", "2026-02-01"): 5,
        ("media_cost", "2026-02-02"): 6,
    }


def test_amounts_of_two_currencies_are_not_added(
    files: Source, head: User, client_of: Open
) -> None:
    text = ORDERS + "A-1;01.03.2026;c1;100;руб.\nA-2;01.03.2026;c2;50;USD\nA-3;02.03.2026;c;1;\n"
    client = client_of(head)
    record = put(client, head, files, text)
    assert (record.state, record.error_count) == ("refused", 1)
    assert record.errors[0]["number"] == 3
    assert "USD" in record.errors[0]["message"]["en"]
    assert not Order.objects.exists()
    record = put(client, head, files, text, policy="keep_good")
    assert (record.state, record.error_count) == ("done", 1)
    assert totals(files)["revenue", "2026-03-01"] == 100
    assert set(Order.objects.values_list("currency", flat=True)) == {"RUB"}


@pytest.mark.parametrize("number", ["9" * 16, "9" * 25, "-" + "9" * 20])
def test_a_number_too_large_for_the_register_is_an_error_of_its_row(
    files: Source, head: User, client_of: Open, number: str
) -> None:
    record = put(client_of(head), head, files, f"Дата;Визиты\n01.02.2026;{number}\n02.02.2026;2\n")
    assert (record.state, record.error_count) == ("refused", 1)
    assert record.errors[0]["column"] == "Визиты"


def test_two_orders_with_long_numbers_stay_two(files: Source, head: User, client_of: Open) -> None:
    long = "N" * 90
    text = ORDERS + f"{long}1;01.03.2026;c1;100;RUB\n{long}2;01.03.2026;c2;50;RUB\n"
    put(client_of(head), head, files, text)
    assert totals(files)["orders", "2026-03-01"] == 2


def test_a_long_file_is_heard_of_while_repeats_are_kept_back(
    files: Source, head: User, client_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[int] = []
    monkeypatch.setattr(loading, "BEAT_ROWS", 2)
    monkeypatch.setattr(
        loading, "run_beat", lambda run, claim: beats.append(Result.objects.count())
    )
    lines = "".join(f"{day:02}.02.2026;1\n" for day in range(1, 9))
    record = put(client_of(head), head, files, "Дата;Визиты\n" + lines, duplicates="sum")
    assert record.state == "done"
    assert beats == [0, 0, 0, 0]


def counted(source: Source) -> dict[tuple[str, str], bool]:
    pairs = StreamMetric.objects.filter(stream__source=source)
    return {
        (pair.stream.name, pair.metric.code): pair.is_counted
        for pair in pairs.select_related("stream", "metric")
    }


def test_revenue_by_day_beside_orders_of_the_same_source_is_not_added(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    put(client, head, files, ORDERS + "A-1;01.03.2026;c1;100;RUB\n")
    put(client, head, files, "Дата;Выручка\n01.03.2026;100\n")
    assert counted(files)["orders", "revenue"] is True
    assert counted(files)["results", "revenue"] is False


def test_a_source_below_a_counted_one_is_kept_for_comparison(tree: Tree, head: User) -> None:
    wide = rows.file_source(head, tree.department.scope)
    stream_ensure(source=wide, name="orders", metrics=("orders",))
    narrow = rows.matomo_source(head, tree.a.scope)
    stream_ensure(source=narrow, name="ecommerce", metrics=("orders",))
    assert counted(narrow)["ecommerce", "orders"] is False
    beside = rows.matomo_source(head, tree.b.scope, name="Beside")
    stream_ensure(source=beside, name="visits", metrics=("sessions",))
    assert counted(beside)["visits", "sessions"] is True


def test_money_of_another_currency_enters_no_kpi(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    files.settings["currency"] = "USD"
    files.save()
    put(client, head, files, ORDERS + "A-1;01.03.2026;c1;100;$\n")
    assert counted(files) == {
        ("orders", "orders"): True,
        ("orders", "items_sold"): True,
        ("orders", "revenue"): False,
    }
    assert Notification.objects.filter(user=head, key__startswith="foreign-money").exists()
    StreamMetric.objects.filter(metric__code="revenue").update(is_counted=True)
    put(client, head, files, ORDERS + "A-2;02.03.2026;c1;100;$\n")
    assert counted(files)["orders", "revenue"] is True, "a person has chosen so"
