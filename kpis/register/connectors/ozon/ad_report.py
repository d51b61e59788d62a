"""Reports of the Performance API: a CSV of one campaign, or a zip with one for each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.errors import BugError, RetryError
from kpis.register.connectors.ozon.performance import ADS_VENDOR
from kpis.register.connectors.parsing import Reader, few, json_of, text_of

METRICS = ("impressions", "clicks", "media_cost")
# A packed file may be small and unpack to any size.
MOST_FILES = 100
MOST_BYTES = 32 * 1024 * 1024
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "day": ("день", "дата", "day", "date"),
    "impressions": ("показы", "impressions", "views"),
    "clicks": ("клики", "clicks"),
    "media_cost": ("расход", "expense", "spend"),
}
_TOTALS = ("всего", "итого", "total")
_CORRECTION = ("корректировка", "correction", "adjustment")
_TITLE = re.compile(r"№\s*(\d{1,20})")
_FILE = re.compile(r"(\d{1,20})(?:_.*)?\.csv", re.IGNORECASE)
_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of the advertiser; ``sort`` is Ozon's ``advObjectType``."""

    key: str
    title: str
    sort: str

    @property
    def subject(self) -> SubjectRef:
        """As the register knows it."""
        return SubjectRef("campaign", self.key, self.title)


@dataclass(frozen=True, slots=True)
class AdFigures:
    """Facts of one report, its rows, remarks."""

    facts: tuple[Fact, ...]
    rows: int
    notices: tuple[StrOrPromise, ...]


def ad_figures(
    answer: http.Answer,
    *,
    campaigns: Sequence[Campaign],
    window: Window,
    currency: str,
    provisional: dt.date,
) -> AdFigures:
    """The facts of a report about ``campaigns``. Raises a `SourceError`."""
    reader = Reader(ADS_VENDOR, answer.body)
    asked = {campaign.key: campaign for campaign in campaigns}
    notices: list[StrOrPromise] = []
    facts: list[Fact] = []
    rows = 0
    read: set[str] = set()
    for name, text in _tables(answer, reader, notices):
        table = _Table(reader, text)
        key = table.campaign or _named(name) or (campaigns[0].key if len(asked) == 1 else "")
        if key not in asked:
            reader.bug(_("A report is about a campaign that was not asked for."), key or name)
        if key in read:
            reader.bug(_("A campaign is given twice."), key)
        read.add(key)
        sums = table.sums(window, notices, key)
        rows += table.rows
        for (metric, day), value in sorted(sums.items()):
            flags = frozenset({"provisional"}) if day >= provisional else frozenset[str]()
            money = currency if metric == "media_cost" else ""
            facts.append(Fact(asked[key].subject, metric, day, value, money, flags))
    if missing := sorted(asked.keys() - read):
        notices.append(
            filled(_("The report says nothing of campaigns %(keys)s."), keys=few(missing))
        )
    return AdFigures(tuple(facts), rows, tuple(notices))


class _Table:
    """One CSV: a title, the columns, a row per product and day, a total."""

    def __init__(self, reader: Reader, text: str) -> None:
        self._reader = reader
        self.rows = 0
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
        lines = [line for line in lines if any(cell.strip() for cell in line)]
        start = next((n for n, line in enumerate(lines[:3]) if _place(line, "day") is not None), -1)
        title = ";".join(cell for line in lines[: max(start, 0)] for cell in line)
        found = _TITLE.search(title)
        self.campaign = found[1] if found else ""
        if start < 0:
            reader.bug(_("An agreed field is missing: it was renamed or removed."), text[:200])
        self._width = len(lines[start])
        self._places = {name: _place(lines[start], name) for name in _COLUMNS}
        for name in ("day", "media_cost"):
            if self._places[name] is None:
                reader.bug(
                    _("An agreed field is missing: it was renamed or removed."),
                    ";".join(lines[start])[:200],
                )
        self._lines = lines[start + 1 :]

    def sums(
        self, window: Window, notices: list[StrOrPromise], key: str
    ) -> dict[tuple[str, dt.date], Decimal]:
        """What the products of the campaign make together, by metric and day."""
        found: defaultdict[tuple[str, dt.date], Decimal] = defaultdict(Decimal)
        totals: list[str] | None = None
        for number, line in enumerate(self._lines):
            first = line[0].strip().lower()
            if first.startswith(_TOTALS):
                totals = line
                continue
            if first.startswith(_CORRECTION):
                notices.append(
                    filled(
                        _("A correction of campaign %(key)s has no day and is not read."), key=key
                    )
                )
                continue
            if len(line) != self._width:
                if number == len(self._lines) - 1:
                    raise RetryError(
                        filled(_("The answer of %(vendor)s was cut off."), vendor=ADS_VENDOR)
                    )
                self._reader.bug(
                    _("A row has more or fewer values than there are columns."),
                    ";".join(line)[:100],
                )
            self.rows += 1
            day = self._day(line, window)
            for metric in METRICS:
                if (value := self._value(line, metric)) is not None:
                    found[metric, day] += value
        lacking = [metric for metric in METRICS if self._places[metric] is None]
        if lacking:
            notices.append(
                filled(
                    _("The report of campaign %(key)s has no column for %(names)s."),
                    key=key,
                    names=", ".join(lacking),
                )
            )
        self._compare(totals, found, notices, key)
        return dict(found)

    def _compare(
        self,
        totals: list[str] | None,
        found: Mapping[tuple[str, dt.date], Decimal],
        notices: list[StrOrPromise],
        key: str,
    ) -> None:
        """The last line is the vendor's own sum: a shortfall shows there."""
        if totals is None or len(totals) != self._width:
            return
        for metric in ("impressions", "clicks"):
            stated = self._value(totals, metric)
            summed = sum(
                (value for (name, _day), value in found.items() if name == metric), Decimal()
            )
            if stated is not None and stated != summed:
                notices.append(
                    filled(_("The rows of campaign %(key)s do not add up to its total."), key=key)
                )
                return

    def _day(self, line: list[str], window: Window) -> dt.date:
        text = line[self._places["day"] or 0].strip()
        form = "%d.%m.%Y" if "." in text else ""
        day = self._reader.day(text, "day", form=form)
        if not window.first <= day <= window.last:
            self._reader.bug(_("A day that was not asked for."), day.isoformat())
        return day

    def _value(self, line: list[str], metric: str) -> Decimal | None:
        place = self._places[metric]
        text = "" if place is None else line[place].translate(_BLANKS).replace(",", ".")
        if text in ("", "-", "--"):
            return None
        value = self._reader.figure(text, metric)
        return value if metric == "media_cost" else self._reader.whole(value, metric)


def _place(line: Sequence[str], column: str) -> int | None:
    """Where a column stands; the cost has its currency and VAT in its name."""
    for number, cell in enumerate(line):
        name = cell.strip().lower().partition(",")[0]
        if name in _COLUMNS[column]:
            return number
    return None


def _named(file: str) -> str:
    found = _FILE.fullmatch(file.rpartition("/")[2])
    return found[1] if found else ""


def _tables(
    answer: http.Answer, reader: Reader, notices: list[StrOrPromise]
) -> Iterator[tuple[str, str]]:
    """Names and texts of the tables in an answer."""
    body = answer.body
    if body[:2] == b"PK":
        yield from _unpacked(body, reader)
        return
    text = text_of(answer, notices)
    if not text.strip() or answer.content_type == "text/html" or text.lstrip()[:1] in "<{[":
        json_of(ADS_VENDOR, answer)  # says what it is instead of a table
        reader.bug(_("A part of the answer has an unknown shape."), "report")
    yield "", text


def _unpacked(body: bytes, reader: Reader) -> Iterator[tuple[str, str]]:
    """Every table of a zip, never more than `MOST_BYTES` in all; names lead to no files."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                reader.bug(_("A packed report has too many files."), str(len(entries)))
            for entry in entries:
                with packed.open(entry) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise BugError(
                        filled(
                            _("The answer of %(vendor)s is larger than can be read."),
                            vendor=ADS_VENDOR,
                        )
                    )
                yield entry.filename, content.decode("utf-8-sig", errors="replace")
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise RetryError(
            filled(_("The answer of %(vendor)s was cut off."), vendor=ADS_VENDOR), detail=str(error)
        ) from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in another way
        raise BugError(
            filled(_("The answer of %(vendor)s is not readable."), vendor=ADS_VENDOR),
            detail=str(error),
        ) from error
