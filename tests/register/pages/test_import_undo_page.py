"""Undoing a load by the page: it says what goes and what stays, and asks before it is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kpis.register.models import FileImport, Result, Source
from kpis.register.models.run import State
from kpis.register.selectors.undo import undo_plan
from kpis.register.services.sync import run_execute
from staff.accounts.models import User
from tests.factories import Tree, make_user
from tests.register.pages.helpers import load, upload, workbook

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
HEADER = "Дата;Визиты\n"


def loaded(client: Client, head: User, files: Source, text: str) -> FileImport:
    return load(client, upload(head, files, (HEADER + text).encode()))


def url_of(record: FileImport) -> str:
    return reverse("register:import-undo", args=[record.uid])


def test_it_says_what_it_will_do_and_does_it(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    loaded(client, head, files, "01.02.2026;1\n02.02.2026;2\n")
    record = loaded(client, head, files, "02.02.2026;20\n03.02.2026;30\n04.02.2026;40\n")
    loaded(client, head, files, "04.02.2026;44\n")
    page = client.get(url_of(record))
    plan = page.context["plan"]
    assert (plan.goes, plan.back, plan.stays) == (1, 1, 1)
    assert "1</strong> figure stays" in page.content.decode()
    assert Result.objects.count() == 4, "looking changes nothing"
    assert client.post(url_of(record))["Location"] == record.get_absolute_url()
    assert "being undone" in client.get(record.get_absolute_url()).content.decode()
    record.refresh_from_db()
    assert record.undo_run is not None
    run_execute(record.undo_run.pk)
    left = {str(row.day): row.value for row in Result.objects.all()}
    assert left == {"2026-02-01": 1, "2026-02-02": 2, "2026-02-04": 44}
    page = client.get(record.get_absolute_url())
    text = page.content.decode()
    assert str(page.context["state"].word) == "undone"
    assert record.undo_run.get_absolute_url() in text
    assert head.full_name in text
    assert client.get(record.undo_run.get_absolute_url()).status_code == 200
    table = client.get(reverse("register:import-list")).context["table"]
    assert [str(row.get_cell_value("state")) for row in table.rows][1] == "undone"
    assert client.get(reverse("register:import-list"), {"_export": "csv"}).status_code == 200


def test_it_is_done_once(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = loaded(client, head, files, "01.02.2026;1\n")
    client.post(url_of(record))
    assert client.get(url_of(record))["Location"] == record.get_absolute_url()
    page = client.post(url_of(record))
    assert page.status_code == 422
    assert "Only a loaded file can be undone." in page.content.decode()


def test_orders_are_counted_as_orders(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    names = ["Номер заказа", "Дата заказа", "Клиент", "Количество", "Сумма заказа"]
    first = workbook(names, ["1", "01.03.2026", "a", 1, 10], ["2", "01.03.2026", "b", 1, 20])
    load(client, upload(head, files, first, "a.xlsx"))
    second = workbook(names, ["2", "01.03.2026", "b", 1, 25], ["3", "01.03.2026", "c", 1, 30])
    record = load(client, upload(head, files, second, "b.xlsx"))
    plan = undo_plan(record)
    assert (plan.is_orders, plan.goes) == (True, 1)
    assert plan.back >= 1
    assert "orders" in client.get(url_of(record)).content.decode()


def test_rights(tree: Tree, files: Source, head: User, outsider: User, client_of: Open) -> None:
    record = loaded(client_of(head), head, files, "01.02.2026;1\n")
    auditor = client_of(make_user("auditor", tree.department.scope))
    assert auditor.get(url_of(record)).status_code == 403
    assert auditor.post(url_of(record)).status_code == 403
    assert url_of(record) not in auditor.get(record.get_absolute_url()).content.decode()
    assert client_of(outsider).get(url_of(record)).status_code == 404
    assert client_of(outsider).post(url_of(record)).status_code == 404
    record.refresh_from_db()
    assert (record.state, record.run and record.run.state) == (FileImport.State.DONE, State.DONE)
