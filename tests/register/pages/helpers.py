"""Files by form or by service, and loading them as a worker would."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from kpis.register.models import FileImport, Source
from kpis.register.services.imports import import_create
from kpis.register.services.sync import run_execute
from staff.accounts.models import User

SMALL = "Дата;Визиты;Расход, руб.\n01.02.2026;1 200;350,50\n02.02.2026;900;0\nИтого;2 100;350,50\n"


def upload(actor: User, source: Source, content: bytes, name: str = "report.csv") -> FileImport:
    return import_create(actor=actor, source=source, name=name, content=io.BytesIO(content))


def post_file(
    client: Client, source: Source | None, content: bytes, name: str = "report.csv", **data: Any
) -> Any:
    """Send the upload form."""
    file = SimpleUploadedFile(name, content)
    values = {"file": file, "source": source.uid if source else "", **data}
    return client.post(reverse("register:import-new"), values)


def columns_url(record: FileImport) -> str:
    return reverse("register:import-columns", args=[record.uid])


def form_values(client: Client, record: FileImport, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the mapping step as it is shown, with ``changes``."""
    form = client.get(columns_url(record)).context["form"]
    shown = {field.html_name: field.value() for field in form}
    values = {name: value for name, value in shown.items() if value not in {None, False}}
    return values | {"shown": form.initial["shown"]} | changes


def load(client: Client, record: FileImport, **changes: Any) -> FileImport:
    """Press "Load" and do the worker's part."""
    values = form_values(client, record, **changes) | {"start": "1"}
    answer = client.post(columns_url(record), values)
    assert answer.status_code == 302, answer.context["form"].errors
    record.refresh_from_db()
    assert record.run is not None
    run_execute(record.run.pk)
    record.refresh_from_db()
    return record


def workbook(*lines: list[Any]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in lines:
        sheet.append(line)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()
