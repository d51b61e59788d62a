"""The connection check: the interface, its contents, every document with its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import SourceError
from kpis.register.connectors.onec.client import VENDOR, OneCClient
from kpis.register.connectors.onec.mapping import Layout
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.trying import failed, tried

LABELS: dict[str, StrOrPromise] = {
    "sales": _("Sales can be read"),
    "returns": _("Returns can be read"),
}


def checks(client: OneCClient, layouts: Mapping[str, Layout]) -> Iterator[CheckItem]:
    """What cannot be tried after a fault is not listed."""
    reach = _("1C answers at the address")
    try:
        answer, data = client.ask("", {"$format": "json"})
        reader = Reader(VENDOR, answer.body)
        body = reader.mapping(data, "contents")
        names = {
            reader.text(row, "name") for row in reader.rows(reader.field(body, "value"), "value")
        }
    except SourceError as fault:
        yield failed("reach", reach, fault)
        return
    yield CheckItem("reach", reach, ok=True)
    for stream, layout in layouts.items():
        if layout.document not in names:
            yield CheckItem(
                stream,
                LABELS[stream],
                ok=False,
                detail=layout.document,
                advice=_("Add it to the contents of the standard OData interface, or correct it."),
            )
            continue
        yield tried(stream, LABELS[stream], partial(_newest, client, layout))


def _newest(client: OneCClient, layout: Layout) -> str:
    """Reads one document for real: the rights and the names of the fields in one."""
    answer, data = client.ask(
        layout.document,
        {
            "$format": "json",
            "$top": "1",
            "$orderby": f"{layout.date} desc",
            "$select": layout.fields,
        },
    )
    reader = Reader(VENDOR, answer.body)
    rows = reader.rows(reader.field(reader.mapping(data, layout.document), "value"), "value")
    for row in rows:
        reader.number(row, layout.amount, about=layout.document)
        return f"{reader.text(row, 'Number')}, {reader.text(row, layout.date)[:10]}"
    return ""
