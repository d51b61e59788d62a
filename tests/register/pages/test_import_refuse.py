"""Files that cannot be used, and rows that are wrong: said by name, where they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kpis.register.models import FileImport, Result, Source
from staff.accounts.models import User
from tests.register.pages.helpers import columns_url, load, post_file, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]


def _bomb() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" + b" " * 30_000_000)
    return body.getvalue()


REFUSED = {
    "nothing": (b"", "The file is empty."),
    "pdf": (b"%PDF-1.7 rest", "This is a PDF file."),
    "one word": (b"word\n", "No columns were recognised"),
    "header": (b"date;sessions\n", "not one row of data"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
    "zip": (b"PK\x05\x06" + b"\0" * 18, "archive without an Excel workbook"),
    "bomb": (_bomb(), "archive bomb"),
    "zero bytes": (b"date;a\n2026-01-01;\0\n", "zero bytes"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_it_refuses_at_the_field(case: str, files: Source, head: User, client_of: Open) -> None:
    content, words = REFUSED[case]
    answer = post_file(client_of(head), files, content)
    assert answer.status_code == 422
    assert words in answer.context["form"].errors["file"][0]
    assert not FileImport.objects.exists()
    assert not list((settings.MEDIA_ROOT / "imports").glob("*"))


def test_it_refuses_a_file_that_is_too_large(
    files: Source, head: User, client_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IMPORT_MAX_BYTES", 1024 * 1024)
    (settings.MEDIA_ROOT / "imports").mkdir(parents=True)
    answer = post_file(client_of(head), files, b"date;a\n" + b"2026-01-01;1\n" * 100_000)
    assert answer.context["form"].errors["file"] == ["The file is larger than 1 MB."]


def test_it_refuses_a_source_of_others(files: Source, outsider: User, client_of: Open) -> None:
    answer = post_file(client_of(outsider), files, b"date;a\n2026-01-01;1\n")
    assert "source" in answer.context["form"].errors


WRONG = "Дата;Визиты\n01.02.2026;10\n31.02.2026;5\n03.02.2026;1о\n04.02.2026;7\n"


def test_it_loads_nothing_when_a_row_is_wrong(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = load(client, upload(head, files, WRONG.encode()), policy="refuse_all")
    assert (record.state, record.error_count) == ("refused", 2)
    assert not Result.objects.exists()
    page = client.get(record.get_absolute_url())
    assert [(e.number, e.column, e.value) for e in page.context["errors"]] == [
        (3, "Дата", "31.02.2026"),
        (4, "Визиты", "1о"),
    ]
    assert "the date “31.02.2026” does not exist" in page.content.decode()
    assert page.context["state"].mark == "bad"


def test_it_loads_the_good_rows_when_asked(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = load(client, upload(head, files, WRONG.encode()), policy="keep_good")
    assert (record.state, record.rows_loaded, record.error_count) == ("done", 2, 2)
    assert client.get(record.get_absolute_url()).context["state"].mark == "warn"


def test_it_gives_the_errors_as_csv(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    text = "Дата;Визиты\n01.02.2026;=1+1\n02.02.2026;5\n03.02.2026;6\n"
    record = load(client, upload(head, files, text.encode()), policy="keep_good")
    answer = client.get(reverse("register:import-errors", args=[record.uid]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,Column,Value,What is wrong"
    assert lines[1].startswith("2,Визиты,'=1+1,")


def test_it_does_not_load_the_same_upload_twice(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = load(client, upload(head, files, "Дата;Визиты\n01.02.2026;10\n".encode()))
    assert client.get(columns_url(record))["Location"] == record.get_absolute_url()
    assert client.post(columns_url(record), {"start": "1"}).status_code == 302
    assert FileImport.objects.get().run == record.run


def test_it_shows_markup_of_a_file_as_text(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    text = "Дата;Визиты;<script>alert(1)</script>\n01.02.2026;10;<b>x</b>\n"
    html = client.get(columns_url(upload(head, files, text.encode()))).content.decode()
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html
