"""From a report of Direct to facts. Pure: no network, no database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.direct.client import VENDOR
from kpis.register.connectors.errors import RetryError
from kpis.register.connectors.parsing import Reader, json_of, text_of

METRICS = ("impressions", "clicks", "media_cost", "goal_completions")
_COUNTS = (("Impressions", "impressions"), ("Clicks", "clicks"))
_TOTAL = re.compile(r"(?:Total rows|Всего строк):?\s*(\d{1,9})", re.IGNORECASE)
_EMPTY = "--"
_GROUP = ("AdGroupId", "AdGroupName")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings ask of a report. ``uid`` keeps the names of two sources' reports apart."""

    currency: str
    include_vat: bool = False
    by_group: bool = False
    goals: tuple[int, ...] = ()
    attribution: str = "AUTO"
    uid: str = ""

    def params(self, window: Window) -> dict[str, object]:
        """The report's order. Its name is the hash of the rest: the same order again fetches what
        was queued, and no other order can meet its name."""
        named: dict[str, object] = {
            "SelectionCriteria": {
                "DateFrom": window.first.isoformat(),
                "DateTo": window.last.isoformat(),
            },
            "FieldNames": [
                "Date",
                "CampaignId",
                "CampaignName",
                *(_GROUP if self.by_group else ()),
                "Impressions",
                "Clicks",
                "Cost",
                "Conversions",
            ],
            "ReportType": "CUSTOM_REPORT",
            "DateRangeType": "CUSTOM_DATE",
            "Format": "TSV",
            "IncludeVAT": "YES" if self.include_vat else "NO",
            "IncludeDiscount": "NO",
            "AttributionModels": [self.attribution],
        }
        if self.goals:
            named["Goals"] = [str(goal) for goal in self.goals]
        text = json.dumps([self.uid, named], sort_keys=True)
        name = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        return {**named, "ReportName": f"reg-{name}"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """Facts, the rows they were read from, how many Direct says there are, remarks."""

    facts: tuple[Fact, ...]
    rows: int
    announced: int | None
    notices: tuple[StrOrPromise, ...]


def facts_of(
    answer: http.Answer, *, wanted: Wanted, window: Window, provisional: dt.date
) -> Mapped:
    """The facts of a report; days from ``provisional`` on may still change. Raises a
    `SourceError`."""
    notices: list[StrOrPromise] = []
    rows, announced = _table(answer, notices)
    reader = Reader(VENDOR, answer.body)
    seen: dict[tuple[str, ...], Row] = {}
    facts: list[Fact] = []
    for row in reader.rows(rows, "rows"):
        day = reader.day(reader.text(row, "Date"), "Date")
        if not window.first <= day <= window.last:
            reader.bug(_("A day that was not asked for."), day.isoformat())
        subject = _subject(reader, row, by_group=wanted.by_group)
        key = (day.isoformat(), subject.key)
        if key in seen:
            if seen[key] != row:
                reader.bug(_("A row is given twice with different figures."), " ".join(key))
            continue
        seen[key] = row
        flags = frozenset({"provisional"}) if day >= provisional else frozenset[str]()
        about = f"{day.isoformat()} {subject.key}"
        facts += [
            Fact(subject, metric, day, value, currency, flags)
            for metric, value, currency in _figures(reader, row, about, wanted)
            if value is not None
        ]
    if announced is None:
        notices.append(_("The report does not say how many rows it has."))
    return Mapped(tuple(facts), len(rows), announced, (*notices, *reader.notices()))


def _figures(
    reader: Reader, row: Row, about: str, wanted: Wanted
) -> list[tuple[str, Decimal | None, str]]:
    counts = [(metric, reader.count(row, name, about=about), "") for name, metric in _COUNTS]
    cost = reader.number(row, "Cost", about=about)
    if cost is not None and cost < 0:
        reader.bug(_("A cost is negative."), f"Cost, {about}")
    done = _conversions(reader, row, about)
    return [*counts, ("media_cost", cost, wanted.currency), ("goal_completions", done, "")]


def _conversions(reader: Reader, row: Row, about: str) -> Decimal | None:
    """Completions of the goals, each in a column of its own when goals were named. Direct leaves
    them empty where it knows nothing: None then, and no remark, many rows are so."""
    named = [name for name in row if name.startswith("Conversions_")]
    found = None
    for name in named or ["Conversions"]:
        if (value := reader.field(row, name)) is not None:
            count = reader.whole(reader.figure(value, f"{name}, {about}"), f"{name}, {about}")
            found = count if found is None else found + count
    return found


def _subject(reader: Reader, row: Row, *, by_group: bool) -> SubjectRef:
    campaign = SubjectRef(
        "campaign", _id(reader, row, "CampaignId"), reader.text(row, "CampaignName")
    )
    if not by_group:
        return campaign
    label = reader.text(row, "AdGroupName")
    return SubjectRef("placement", _id(reader, row, "AdGroupId"), label, parent=campaign)


def _id(reader: Reader, row: Row, name: str) -> str:
    key = reader.text(row, name)
    if not (key.isascii() and key.isdecimal()):
        reader.bug(_("A field has another kind of value than agreed."), f"{name}: {key[:40]}")
    return key


def _table(answer: http.Answer, notices: list[StrOrPromise]) -> tuple[list[Row], int | None]:
    """The rows by column name, an empty value as None, and the count in the last line."""
    text = text_of(answer, notices)
    if not text.strip() or answer.content_type == "text/html" or text.lstrip()[:1] in "<{":
        json_of(VENDOR, answer)  # says what it is instead of a table
        Reader(VENDOR, answer.body).bug(_("A part of the answer has an unknown shape."), "report")
    lines = text.replace("\r\n", "\n").split("\n")
    whole = lines[-1] == ""
    lines = lines[:-1] if whole else lines
    total = _TOTAL.fullmatch(lines[-1].strip()) if lines else None
    if total:
        lines.pop()
    elif not whole:
        raise RetryError(
            filled(_("The answer of %(vendor)s was cut off."), vendor=VENDOR), detail=text[-200:]
        )
    if len(lines) > 1 and "\t" not in lines[0]:
        lines = lines[1:]  # the name of the report, sent in spite of skipReportHeader
    reader = Reader(VENDOR, answer.body)
    if not lines:
        reader.bug(_("A part of the answer has an unknown shape."), "report without columns")
    names = lines[0].split("\t")
    rows: list[Row] = []
    for line in filter(None, lines[1:]):
        cells = line.split("\t")
        if len(cells) != len(names):
            reader.bug(_("A row has more or fewer values than there are columns."), line[:100])
        rows.append(
            {
                name: None if cell == _EMPTY else cell
                for name, cell in zip(names, cells, strict=True)
            }
        )
    return rows, int(total[1]) if total else None
