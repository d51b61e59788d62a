"""Reading answers strictly: exact numbers, agreed fields, a word for whatever is not as agreed.

`Reader` checks a row against what the connector knows: a missing agreed field is a `BugError`
before anything is written, an unknown one is a remark for the owner, an empty one is missing, never
zero.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NoReturn
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.caller import DETAIL
from kpis.register.connectors.errors import BugError, RetryError

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)


def text_of(answer: http.Answer, notices: list[StrOrPromise] | None = None) -> str:
    """The body as text: the declared character set, else UTF-8, else windows-1251 with a remark."""
    for name in filter(None, (answer.charset, "utf-8-sig")):
        try:
            return answer.body.decode("utf-8-sig" if name == "utf-8" else name)
        except (UnicodeDecodeError, LookupError):
            continue
    if notices is not None:
        notices.append(_("The answer was not in UTF-8 and was read as windows-1251."))
    return answer.body.decode("cp1251", errors="replace")


def json_of(vendor: str, answer: http.Answer, notices: list[StrOrPromise] | None = None) -> object:
    """The body as JSON with every number as sent (int or Decimal). An empty or cut-off body is
    `RetryError`, a web page or anything else unreadable `BugError`."""
    text = text_of(answer, notices)
    start = text.strip()[:DETAIL]
    if not start:
        raise RetryError(filled(_("%(vendor)s sent an empty answer."), vendor=vendor))
    try:
        # Digits are kept as sent; NaN and Infinity are not JSON.
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        if start.startswith("<") or answer.content_type == "text/html":
            raise BugError(
                filled(_("%(vendor)s answered with a web page instead of data."), vendor=vendor),
                raw=answer.body,
                detail=start,
                advice=_(
                    "Check the address; a sign-in page or a protection page may stand before it."
                ),
            ) from error
        if isinstance(error, json.JSONDecodeError) and _is_cut_off(error, text):
            raise RetryError(
                filled(_("The answer of %(vendor)s was cut off."), vendor=vendor),
                detail=text[-DETAIL:],
            ) from error
        raise BugError(
            filled(_("The answer of %(vendor)s is not readable."), vendor=vendor),
            raw=answer.body,
            detail=start,
        ) from error


class Reader:
    """Reads the rows of one answer. ``known`` are fields that may be there and are not read.

    Collects remarks: `notices` gives unknown fields and empty values in words.
    """

    def __init__(self, vendor: str, raw: bytes, *, known: Iterable[str] = ()) -> None:
        self.vendor = vendor
        self.raw = raw
        self._known = frozenset(known)
        self._read: set[str] = set()
        self._seen: set[str] = set()
        self._empty: dict[str, list[str]] = {}

    def bug(self, message: StrOrPromise, detail: str = "") -> NoReturn:
        """The answer is not as agreed."""
        raise BugError(message, raw=self.raw, detail=f"{self.vendor}: {detail}"[:DETAIL])

    def mapping(self, value: object, where: str) -> Mapping[str, object]:
        """``value`` as an object whose fields are then read by name."""
        if not isinstance(value, dict):
            self.bug(_("A part of the answer has an unknown shape."), where)
        return value

    def rows(self, value: object, where: str) -> list[Mapping[str, object]]:
        """``value`` as a list of objects; their fields are watched for unknown ones."""
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.bug(_("A part of the answer has an unknown shape."), where)
        for row in value:
            self._seen |= row.keys()
        return value

    def field(self, row: Mapping[str, object], name: str) -> object:
        """An agreed field, as it stands; `BugError` when it is missing."""
        self._read.add(name)
        if name not in row:
            self.bug(_("An agreed field is missing: it was renamed or removed."), name)
        return row[name]

    def optional(self, row: Mapping[str, object], name: str) -> object:
        """A field the vendor leaves out at times: None then."""
        self._read.add(name)
        return row.get(name)

    def text(self, row: Mapping[str, object], name: str) -> str:
        """An agreed field as text: numbers as written, null as ""."""
        value = self.field(row, name)
        if isinstance(value, dict | list | bool):
            self.bug(_("A field has another kind of value than agreed."), name)
        return "" if value is None else str(value).strip()

    def number(
        self, row: Mapping[str, object], name: str, *, about: str, optional: bool = False
    ) -> Decimal | None:
        """A figure, or a figure in quotes; null and "" are None with a remark. ``about`` says whose
        (a day, a campaign), for the remark."""
        value = self.optional(row, name) if optional else self.field(row, name)
        if value is None or value == "":
            if name in row:
                self._empty.setdefault(name, []).append(about)
            return None
        return self.figure(value, f"{name}, {about}")

    def count(
        self, row: Mapping[str, object], name: str, *, about: str, optional: bool = False
    ) -> Decimal | None:
        """As `number`, whole and not negative."""
        value = self.number(row, name, about=about, optional=optional)
        return None if value is None else self.whole(value, f"{name}, {about}")

    def figure(self, value: object, where: str) -> Decimal:
        """One value as an exact number."""
        text = str(value).strip()
        if isinstance(value, bool) or not _NUMBER.fullmatch(text):
            self.bug(_("A figure is not a number."), f"{where}: {text[:60]}")
        return Decimal(text)

    def whole(self, value: Decimal, where: str) -> Decimal:
        """A count: whole and not negative."""
        if value < 0 or value != value.to_integral_value():
            self.bug(_("A count is not a whole number."), f"{where}: {value}")
        return value

    def day(self, text: object, where: str, *, form: str = "") -> dt.date:
        """A date: ISO (a time behind it is ignored), or by a ``strptime`` form."""
        try:
            if form:
                return dt.datetime.strptime(str(text), form).date()  # noqa: DTZ007  a date
            return dt.date.fromisoformat(str(text)[:10])
        except ValueError:
            self.bug(_("A date cannot be read."), f"{where}: {str(text)[:40]}")

    def moment(self, text: object, where: str, *, zone: ZoneInfo | None = None) -> dt.datetime:
        """An aware moment from ISO text or "YYYY-MM-DD HH:MM:SS"; ``zone`` is the vendor's where
        the text names none. Without both it is a `BugError`."""
        try:
            at = dt.datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
        except ValueError:
            self.bug(_("A date cannot be read."), f"{where}: {str(text)[:40]}")
        if at.tzinfo is None:
            if zone is None:
                self.bug(_("A moment has no time zone."), f"{where}: {str(text)[:40]}")
            at = at.replace(tzinfo=zone)
        return at

    def notices(self) -> tuple[StrOrPromise, ...]:
        """What the owner should know of this answer."""
        said: list[StrOrPromise] = []
        unknown = sorted(self._seen - self._read - self._known)
        if unknown:
            said.append(
                filled(
                    _("%(vendor)s sends fields that are not read: %(names)s."),
                    vendor=self.vendor,
                    names=", ".join(unknown[:10]),
                )
            )
        for name, about in self._empty.items():
            said.append(
                filled(
                    _("%(vendor)s gave no value of %(name)s for %(about)s."),
                    vendor=self.vendor,
                    name=name,
                    about=few(about),
                )
            )
        return tuple(said)


def few(texts: Iterable[str]) -> str:
    """The first of a list, for a remark."""
    listed = sorted(set(texts))
    return ", ".join(listed[:5]) + (" …" if len(listed) > 5 else "")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _is_cut_off(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - 1
