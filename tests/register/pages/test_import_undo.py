"""A loaded file is taken out: what it brought goes, what it changed comes back, what a later load
changed stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from config.lib.errors import Conflict, Forbidden
from kpis.register.models import DailyTotal, FileImport, Order, Result, ResultRevision, Source
from kpis.register.models.run import State
from kpis.register.services.sync import run_execute
from kpis.register.services.undo import import_undo
from staff.accounts.models import User
from tests.register.pages.helpers import load, post_file, workbook

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
HEADER = "Дата;Визиты;Расход, руб.\n"


def loaded(client: Client, source: Source, content: bytes, name: str) -> FileImport:
    known = set(FileImport.objects.values_list("pk", flat=True))
    post_file(client, source, content, name)
    return load(client, FileImport.objects.exclude(pk__in=known).get())


def table(source: Source) -> set[tuple[str, str, Decimal, str]]:
    rows = Result.objects.filter(stream__source=source)
    return {(str(r.day), r.metric.code, r.value, r.currency) for r in rows.select_related("metric")}


def totals(source: Source) -> dict[tuple[str, str], Decimal]:
    rows = DailyTotal.objects.filter(stream__source=source).select_related("metric")
    return {(str(row.day), row.metric.code): row.value for row in rows}


def undo(actor: User, record: FileImport) -> None:
    run = import_undo(actor=actor, record=record)
    run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE, run.error


def test_the_table_is_as_before(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    first = HEADER + "01.02.2026;100;10,50\n02.02.2026;200;20\n03.02.2026;300;30\n"
    loaded(client, files, first.encode("cp1251"), "a.csv")
    before, before_totals = table(files), totals(files)
    second = HEADER + "01.02.2026;111;10,50\n03.02.2026;333;33\n04.02.2026;400;40\n"
    record = loaded(client, files, second.encode("cp1251"), "b.csv")
    assert table(files) != before
    undo(head, record)
    assert table(files) == before
    assert totals(files) == before_totals
    record.refresh_from_db()
    assert record.state == FileImport.State.UNDONE
    assert ResultRevision.objects.filter(new_value=None).exists(), "the way back is history too"
    with pytest.raises(Conflict):
        import_undo(actor=head, record=record)


def test_a_later_load_keeps_its_rows(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = loaded(
        client, files, (HEADER + "01.02.2026;100;10\n02.02.2026;5;5\n").encode(), "a.csv"
    )
    loaded(client, files, (HEADER + "01.02.2026;150;15\n").encode(), "b.csv")
    undo(head, record)
    assert table(files) == {
        ("2026-02-01", "sessions", Decimal(150), ""),
        ("2026-02-01", "media_cost", Decimal(15), "RUB"),
    }


def test_orders_come_back_too(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    header = ["Номер заказа", "Дата заказа", "Клиент", "Количество", "Сумма заказа"]
    one = workbook(
        header,
        ["A-1", dt.date(2026, 3, 1), "c1", 2, 100.5],
        ["A-2", dt.date(2026, 3, 2), "c2", 1, 49.5],
    )
    loaded(client, files, one, "a.xlsx")
    before = set(Order.objects.values_list("key", "amount", "customer", "day"))
    before_totals = totals(files)
    two = workbook(
        header,
        ["A-1", dt.date(2026, 3, 1), "c1", 2, 120],
        ["A-3", dt.date(2026, 3, 2), "c3", 5, 500],
    )
    record = loaded(client, files, two, "b.xlsx")
    assert totals(files) != before_totals
    undo(head, record)
    assert set(Order.objects.values_list("key", "amount", "customer", "day")) == before
    assert totals(files) == before_totals


def test_who_may_not_load_may_not_undo(
    files: Source, head: User, trainee: User, client_of: Open
) -> None:
    record = loaded(client_of(head), files, (HEADER + "01.02.2026;100;10\n").encode(), "a.csv")
    with pytest.raises(Forbidden):
        import_undo(actor=trainee, record=record)
