"""The settings of a source as the connector uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.json_http.columns import Column, columns_of
from kpis.register.connectors.json_http.paths import Path, parse
from kpis.register.connectors.setting_names import names_of

PAGINGS: tuple[tuple[str, StrOrPromise], ...] = (
    ("none", _("everything in one answer")),
    ("page", _("by page number: {page}")),
    ("offset", _("by position: {offset}")),
    ("cursor", _("by a cursor from the answer: {cursor}")),
    ("next", _("by a link to the next page in the answer")),
)
AUTHS: tuple[tuple[str, StrOrPromise], ...] = (
    ("none", _("no secret")),
    ("bearer", _("header Authorization: Bearer …")),
    ("header", _("a header of its own")),
    ("query", _("a parameter of the address")),
    ("basic", _("name and password")),
)
DAY_FORMS: tuple[tuple[str, StrOrPromise], ...] = (
    ("iso", "2026-03-31"),
    ("dotted", "31.03.2026"),
    ("compact", "20260331"),
    ("moment", _("2026-03-31T21:15:00+03:00")),
    ("unix", _("seconds since 1970")),
    ("unix_ms", _("milliseconds since 1970")),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Paths are parsed; ``day`` is empty when an answer is about the days asked for."""

    root: str
    template: str
    method: str
    body: str
    headers: tuple[tuple[str, str], ...]
    auth: str
    auth_name: str
    date_form: str
    zone: ZoneInfo
    paging: str
    page_size: int
    first_page: int
    cursor: Path
    rows: Path
    total: Path
    error: Path
    auth_words: tuple[str, ...]
    wait_words: tuple[str, ...]
    day: Path
    day_form: str
    subject_kind: str
    subject: Path
    subject_label: Path
    subject_name: str
    row_key: Path
    adds: bool
    columns: tuple[Column, ...]
    currency: str
    slice_days: int
    lookback_days: int
    per_minute: int

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Plan:
        """From what the settings form has stored. Raises ValueError for anything else."""

        def text(name: str, default: str = "") -> str:
            value = settings.get(name)
            return default if value is None or value == "" else str(value)

        def number(name: str, default: int) -> int:
            return int(text(name, str(default)))

        parts = urlsplit(text("base_url"))
        return cls(
            root=f"{parts.scheme}://{parts.netloc}",
            template=text("base_url").removeprefix(f"{parts.scheme}://{parts.netloc}"),
            method=text("method", "GET"),
            body=text("body"),
            headers=headers_of(text("headers")),
            auth=text("auth", "none"),
            auth_name=text("auth_name"),
            date_form=text("date_form", "iso"),
            zone=ZoneInfo(text("time_zone", "Europe/Moscow")),
            paging=text("paging", "none"),
            page_size=number("page_size", 100),
            first_page=number("first_page", 1),
            cursor=parse(text("cursor_path")),
            rows=parse(text("rows_path")),
            total=parse(text("total_path")),
            error=parse(text("error_path")),
            auth_words=tuple(word.casefold() for word in names_of(text("auth_words"))),
            wait_words=tuple(word.casefold() for word in names_of(text("wait_words"))),
            day=parse(text("day_path")),
            day_form=text("day_form", "iso"),
            subject_kind=text("subject_kind", "channel"),
            subject=parse(text("subject_path")),
            subject_label=parse(text("subject_label_path")),
            subject_name=text("subject_name"),
            row_key=parse(text("key_path")),
            adds=text("repeats", "refuse") == "add",
            columns=columns_of(text("columns")),
            currency=text("currency"),
            slice_days=number("slice_days", 7),
            lookback_days=number("lookback_days", 3),
            per_minute=number("per_minute", 60),
        )


def headers_of(text: str) -> tuple[tuple[str, str], ...]:
    """``Name: value``, one a line. Raises ValueError with the line."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, sign, value = line.partition(":")
        if not sign or not name.strip().replace("-", "").replace("_", "").isalnum():
            raise ValueError(line[:60])
        if not (name + value).isascii() or not value.strip().isprintable():
            raise ValueError(line[:60])
        found.append((name.strip(), value.strip()))
    return tuple(found)
