"""Loading a file through the pages, from the upload form to the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kpis.register.models import (
    DailyTotal,
    FileImport,
    MappingTemplate,
    Result,
    Source,
    SyncRun,
)
from kpis.register.models.run import State
from kpis.register.services.sync import run_execute
from staff.accounts.models import User
from tests.register.pages.helpers import (
    SMALL,
    columns_url,
    form_values,
    load,
    post_file,
    upload,
    workbook,
)

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]


def figures(source: Source, code: str) -> dict[str, Decimal]:
    rows = DailyTotal.objects.filter(stream__source=source, metric__code=code)
    return {str(row.day): row.value for row in rows}


def test_it_loads_an_office_csv(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    answer = post_file(client, files, SMALL.encode("cp1251"), "февраль.csv")
    record = FileImport.objects.get()
    assert answer["Location"] == columns_url(record)
    page = client.get(columns_url(record))
    html = page.content.decode()
    assert dict(page.context["recognised"])["Encoding"] == "Windows-1251"
    assert "semicolon" in html
    assert "31.12.2026" in html
    assert "total row, left out" in html
    record = load(client, record)
    assert (record.state, record.rows_loaded, record.error_count) == ("done", 4, 0)
    assert figures(files, "sessions") == {"2026-02-01": 1200, "2026-02-02": 900}
    assert figures(files, "media_cost") == {"2026-02-01": Decimal("350.5"), "2026-02-02": 0}
    result = client.get(record.get_absolute_url())
    assert {total.label: total.value for total in result.context["totals"]} == {
        "Media cost": Decimal("350.50"),
        "Sessions": Decimal(2100),
    }
    assert result.context["skipped"] == 1


def test_it_loads_a_workbook_of_orders(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    content = workbook(
        ["Номер заказа", "Дата заказа", "Клиент", "Количество", "Сумма заказа"],
        ["A-1", dt.date(2026, 3, 1), "c1", 2, 100.5],
        ["A-2", dt.date(2026, 3, 1), "c2", 1, 49.5],
        ["A-3", dt.date(2026, 3, 2), "c1", 3, 200],
    )
    post_file(client, files, content, "orders.xlsx")
    record = FileImport.objects.get()
    assert client.get(columns_url(record)).context["form"].suggested.target == "orders"
    record = load(client, record)
    assert record.totals["customers"] == "2"
    assert figures(files, "orders") == {"2026-03-01": 2, "2026-03-02": 1}
    assert figures(files, "revenue") == {"2026-03-01": 150, "2026-03-02": 200}
    assert figures(files, "items_sold") == {"2026-03-01": 3, "2026-03-02": 3}


def test_it_changes_nothing_the_second_time(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    first = load(client, upload(head, files, SMALL.encode()))
    before = list(Result.objects.order_by("day", "metric_id").values_list("value", "loaded_at"))
    second = upload(head, files, SMALL.encode())
    page = client.get(columns_url(second))
    assert page.context["same"] == first
    assert first.get_absolute_url() in page.content.decode()
    second = load(client, second)
    card = client.get(second.get_absolute_url()).context
    assert (card["new"], card["changed"], card["removed"]) == (0, 0, 0)
    after = Result.objects.order_by("day", "metric_id").values_list("value", "loaded_at")
    assert list(after) == before


def test_it_makes_a_source_on_the_spot(tree: object, head: User, client_of: Open) -> None:
    client = client_of(head)
    scope = client.get(reverse("register:import-new")).context["form"]["scope"].initial
    answer = post_file(client, None, SMALL.encode(), new_name="Shop", scope=scope, currency="USD")
    assert answer.status_code == 302
    source = Source.objects.get(kind="file")
    assert (source.name, source.settings["currency"], source.owner) == ("Shop", "USD", head)


def test_it_leaves_no_source_behind_a_refused_file(
    tree: object, head: User, client_of: Open
) -> None:
    client = client_of(head)
    scope = client.get(reverse("register:import-new")).context["form"]["scope"].initial
    answer = post_file(client, None, b"%PDF-1.4 x", new_name="Shop", scope=scope, currency="RUB")
    assert answer.status_code == 422
    assert not Source.objects.exists()


def test_it_keeps_a_template_and_applies_it(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    text = "Date;Target\n2026-01-01;5\n"
    record = upload(head, files, text.encode())
    load(client, record, column_1="metric:sessions", save_as="Counter")
    assert MappingTemplate.objects.get().name == "Counter"
    page = client.get(columns_url(upload(head, files, text.replace("5", "6").encode())))
    assert page.context["step"].applied == "Counter"
    assert page.context["form"]["column_1"].value() == "metric:sessions"
    other = upload(head, files, b"Day;Clicks\n2026-01-01;5\n")
    template = MappingTemplate.objects.get()
    page = client.get(columns_url(other), {"template": str(template.uid)})
    assert "The file has no column" in page.content.decode()


def test_it_refreshes_the_preview_without_starting(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    record = upload(head, files, "Дата;Визиты\n01.02.2026;1,5\n".encode())
    values = form_values(client, record, column_1="metric:clicks")
    answer = client.post(columns_url(record), values, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert (answer.status_code, "<html" in html) == (200, False)
    assert answer.context["form"].mapping().metrics == (("Визиты", "clicks"),)
    record.refresh_from_db()
    assert record.state == FileImport.State.UPLOADED


def test_it_suggests_anew_when_the_target_changes(
    files: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    record = upload(head, files, "Дата;Клиент;Сумма\n01.02.2026;7;10\n".encode())
    values = form_values(client, record, target="results")
    form = client.post(columns_url(record), values).context["form"]
    assert form.suggested.target == "results"
    assert ("metric:revenue", "Revenue") in form.fields["column_2"].choices[-1][1]


def test_it_asks_for_what_is_missing(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = upload(head, files, b"Date;Target\n2026-01-01;5\n")
    answer = client.post(columns_url(record), form_values(client, record) | {"start": "1"})
    assert answer.status_code == 422
    errors = answer.context["form"].non_field_errors()
    assert errors == ["Say of at least one column which metric it holds."]


def test_it_asks_which_of_two_date_formats(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = upload(head, files, b"Date;Clicks\n01/02/2026;5\n03/04/2026;6\n")
    answer = client.post(columns_url(record), form_values(client, record) | {"start": "1"})
    assert "date_format" in answer.context["form"].errors
    load(client, record, date_format="dd/mm/yyyy")
    assert set(figures(files, "clicks")) == {"2026-02-01", "2026-04-03"}


def test_it_refuses_one_meaning_for_two_columns(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = upload(head, files, b"Date;Clicks;More\n2026-01-01;5;6\n")
    values = form_values(client, record, column_2="metric:clicks") | {"start": "1"}
    answer = client.post(columns_url(record), values)
    assert answer.context["form"].errors["column_2"] == [
        "The column “Clicks” already has this meaning."
    ]


def test_it_leads_to_the_rows_of_the_file(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = load(client, upload(head, files, SMALL.encode()))
    page = client.get(reverse("register:results"), {"metric": "sessions"})
    (first, *_rest) = page.context["table"].rows
    url = first.attrs["data-href"]
    assert url == reverse("register:import-rows", args=[record.uid]) + "?day=2026-02-02"
    found = client.get(url).context["found"].rows
    assert found == [(3, ["sessions", "", 900]), (3, ["media_cost", "", 0])]
    bad = reverse("register:import-rows", args=[record.uid])
    assert client.get(bad, {"day": "2026-02-31"}).status_code == 404


def test_it_shows_a_cancelled_load_as_cancelled(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = upload(head, files, SMALL.encode())
    client.post(columns_url(record), form_values(client, record) | {"start": "1"})
    record.refresh_from_db()
    assert record.run is not None
    assert 'hx-trigger="every 2s"' in client.get(record.get_absolute_url()).content.decode()
    client.post(reverse("register:run-cancel", args=[record.run.uid]))
    page = client.get(record.get_absolute_url())
    assert page.context["state"].word == str(State.CANCELLED.label)
    assert "every 2s" not in page.content.decode()


def test_it_stops_a_load_at_work(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = upload(head, files, SMALL.encode())
    client.post(columns_url(record), form_values(client, record) | {"start": "1"})
    run = SyncRun.objects.get()
    SyncRun.objects.update(cancel_requested=True)  # asked for while a worker holds it
    run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not Result.objects.exists()
    assert client.get(record.get_absolute_url()).context["state"].word == str(State.CANCELLED.label)
