"""Addresses and bodies with places to fill: ``{first}``, ``{last}``, ``{page}``, ``{cursor}``…

Values are put into the parts of an address or of a parsed body, never into raw text, so that
nothing a vendor sends as a cursor can change the rest of a request.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

PLACES = ("first", "last", "page", "offset", "size", "cursor")
PLACE = re.compile(r"\{([a-z_]+)\}")
Values = Mapping[str, str | int | None]

DATE_FORMS: tuple[tuple[str, StrOrPromise], ...] = (
    ("iso", "2026-03-31"),
    ("dotted", "31.03.2026"),
    ("compact", "20260331"),
    ("moment", _("2026-03-31T23:59:59 with the zone's offset")),
    ("unix", _("seconds since 1970")),
)


def places(text: str) -> set[str]:
    """The names in braces."""
    return set(PLACE.findall(text))


def written(day: dt.date, form: str, zone: ZoneInfo, *, last: bool) -> str | int:
    """A border of the window as the service wants it; moments are the first or last second."""
    if form == "dotted":
        return day.strftime("%d.%m.%Y")
    if form == "compact":
        return day.strftime("%Y%m%d")
    if form in ("moment", "unix"):
        time = dt.time(23, 59, 59) if last else dt.time()
        moment = dt.datetime.combine(day, time, zone)
        return int(moment.timestamp()) if form == "unix" else moment.isoformat()
    return day.isoformat()


def address(template: str, values: Values, extra: Mapping[str, str] | None = None) -> str:
    """The path and query to ask. A parameter that consists of an empty place only is left out (the
    cursor of a first page)."""
    parts = urlsplit(template)
    path = PLACE.sub(lambda found: quote(str(_or_empty(values.get(found[1]))), safe=""), parts.path)
    query = [
        (name, str(filled))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if (filled := fill(value, values)) is not None
    ]
    query += list((extra or {}).items())
    return f"{path or '/'}?{urlencode(query)}" if query else path or "/"


def body(template: str, values: Values) -> object:
    """The JSON to send; None for an empty template."""
    return _filled(json.loads(template), values) if template.strip() else None


def fill(text: str, values: Values) -> str | int | None:
    """A text with its places filled; a lone place keeps the kind of its value, None when empty."""
    lone = PLACE.fullmatch(text)
    if lone and lone[1] in values:
        return values[lone[1]]
    return PLACE.sub(
        lambda found: str(_or_empty(values[found[1]])) if found[1] in values else found[0], text
    )


def _or_empty(value: str | int | None) -> str | int:
    return "" if value is None else value


def _filled(part: object, values: Values) -> object:
    if isinstance(part, str):
        return fill(part, values)
    if isinstance(part, list):
        return [_filled(item, values) for item in part]
    if isinstance(part, dict):
        told = {name: _filled(value, values) for name, value in part.items()}
        return {
            name: value for name, value in told.items() if value is not None or part[name] is None
        }
    return part
