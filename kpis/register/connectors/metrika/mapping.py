"""From Metrika's tables to facts. Pure: no network, no database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.metrika.faults import VENDOR
from kpis.register.connectors.parsing import Reader

ATTRIBUTION = "lastsign"
_LONGEST_KEY = 180
# Money arrives as a double ("15230.499999999998"); the register keeps six digits.
_PLACES = Decimal("0.000001")
_DAY = "ym:s:date"


@dataclass(frozen=True, slots=True)
class Field:
    """One metric code and Metrika's figures whose sum it is; ``currency`` for money."""

    metric: str
    names: tuple[str, ...]
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One table by day. ``every_day`` says that a day without a row is worth a remark."""

    fields: tuple[Field, ...]
    dimensions: tuple[str, ...] = (_DAY,)
    filters: str = ""
    every_day: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The figures in the order asked for."""
        return tuple(name for field in self.fields for name in field.names)

    def params(self, counter: str, window: Window, *, limit: int, offset: int) -> dict[str, str]:
        """The question: unsampled, with undefined values, ordered so that pages do not overlap;
        ``offset`` begins with 1."""
        asked = {
            "ids": counter,
            "metrics": ",".join(self.names),
            "dimensions": ",".join(self.dimensions),
            "date1": window.first.isoformat(),
            "date2": window.last.isoformat(),
            "sort": ",".join(self.dimensions),
            "accuracy": "full",
            "include_undefined": "true",
            "lang": "en",
            "limit": str(limit),
            "offset": str(offset),
        }
        return {**asked, "filters": self.filters} if self.filters else asked


def visits(goals: Iterable[str]) -> Report:
    """The site's day; the completions of ``goals`` are added up."""
    reaches = tuple(f"ym:s:goal{goal}reaches" for goal in goals)
    return Report(
        fields=(
            Field("sessions", ("ym:s:visits",)),
            Field("users", ("ym:s:users",)),
            Field("new_users", ("ym:s:newUsers",)),
            Field("page_actions", ("ym:s:pageviews",)),
            *((Field("goal_completions", reaches),) if reaches else ()),
        )
    )


def ecommerce(currency: str) -> Report:
    """Purchases the site reports, their revenue converted to ``currency``."""
    return Report(
        fields=(
            Field("orders", ("ym:s:ecommercePurchases",)),
            Field("revenue", (f"ym:s:ecommerce{currency}ConvertedRevenue",), currency),
            Field("items_sold", ("ym:s:productPurchasedQuantity",)),
        )
    )


# Reports know only the share of bounces; the visits of this segment are their number.
BOUNCES = Report(
    fields=(Field("bounces", ("ym:s:visits",)),), filters="ym:s:bounce=='Yes'", every_day=False
)
CAMPAIGNS = Report(
    fields=(Field("campaign_sessions", ("ym:s:visits",)),),
    dimensions=(
        _DAY,
        *(f"ym:s:{ATTRIBUTION}UTM{part}" for part in ("Source", "Medium", "Campaign")),
    ),
    every_day=False,
)

Row = tuple[tuple[str, ...], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Table:
    """One page: ``rows`` as names of dimensions and figures by Metrika's names; ``total`` rows of
    the whole answer, None when Metrika has rounded it."""

    rows: tuple[Row, ...]
    total: int | None
    flags: frozenset[str]
    notices: tuple[StrOrPromise, ...]


def table_of(data: Mapping[str, object], report: Report, raw: bytes) -> Table:
    """The page as a table. Raises `BugError` when it is not what was asked for."""
    reader = Reader(VENDOR, raw)
    _same_question(reader, data, report)
    read: list[Row] = []
    for row in reader.rows(reader.field(data, "data"), "data"):
        dimensions, figures = reader.field(row, "dimensions"), reader.field(row, "metrics")
        if not isinstance(dimensions, list) or not isinstance(figures, list):
            reader.bug(_("A part of the answer has an unknown shape."), "data")
        if len(dimensions) != len(report.dimensions) or len(figures) != len(report.names):
            reader.bug(_("A row has another number of values than the table has columns."), "data")
        key = tuple(_name(reader, value) for value in dimensions)
        read.append((key, dict(zip(report.names, figures, strict=True))))
    total = reader.figure(reader.field(data, "total_rows"), "total_rows")
    rounded = data.get("total_rows_rounded") is True
    return Table(
        rows=tuple(read),
        total=None if rounded else int(reader.whole(total, "total_rows")),
        flags=frozenset(
            name
            for name, field in (("sampled", "sampled"), ("thresholded", "contains_sensitive_data"))
            if data.get(field) is True
        ),
        notices=(*reader.notices(), *_honest(data)),
    )


def facts_of(
    table: Table,
    rows: tuple[Row, ...],
    *,
    report: Report,
    site: SubjectRef,
    provisional: dt.date,
    raw: bytes,
) -> tuple[tuple[Fact, ...], tuple[StrOrPromise, ...]]:
    """The facts of ``rows`` (of ``table``, without those of earlier pages), and remarks. Days from
    ``provisional`` on carry the flag of that name."""
    reader = Reader(VENDOR, raw)
    facts: list[Fact] = []
    for key, figures in rows:
        day = reader.day(key[0], _DAY)
        subject = site if len(key) == 1 else campaign(site, *key[1:])
        if subject is None:
            continue
        flags = table.flags | ({"provisional"} if day >= provisional else set())
        about = " ".join((day.isoformat(), *key[1:]))
        for field in report.fields:
            read = reader.number if field.currency else reader.count
            values = [read(figures, name, about=about) for name in field.names]
            given = [value for value in values if value is not None]
            if len(given) == len(values):
                # The sum of some of the goals would look like all of them.
                value = exact(sum(given, Decimal(0)))
                facts.append(Fact(subject, field.metric, day, value, field.currency, flags))
    return tuple(facts), reader.notices()


def exact(value: Decimal) -> Decimal:
    """Without the dust of a double: whole when it is whole, else at most six digits."""
    rounded = value.quantize(_PLACES)
    whole = rounded.to_integral_value()
    return whole if whole == rounded else rounded.normalize()


def campaign(site: SubjectRef, source: str, medium: str, name: str) -> SubjectRef | None:
    """A campaign below its site, told apart by source and medium; None for other visits."""
    clean = [part.replace("\x00", "").strip() for part in (source, medium, name)]
    if not clean[2]:
        return None
    escaped = (part.replace("%", "%25").replace("/", "%2F") for part in (source, medium, name))
    key = "/".join((site.key, *escaped)).replace("\x00", "")
    if len(key) > _LONGEST_KEY:
        key = f"{key[:140]}#{hashlib.sha256(key.encode()).hexdigest()[:24]}"
    origin = " / ".join(filter(None, clean[:2]))
    label = f"{clean[2]} ({origin})" if origin else clean[2]
    return SubjectRef(kind="campaign", key=key, label=label[:200], parent=site)


def _same_question(reader: Reader, data: Mapping[str, object], report: Report) -> None:
    """The answer repeats the question: figures are known by their place in it only."""
    query = data.get("query")
    if not isinstance(query, dict):
        return
    for name, asked in (("metrics", report.names), ("dimensions", report.dimensions)):
        told = query.get(name)
        if isinstance(told, list) and [str(part).lower() for part in told] != [
            part.lower() for part in asked
        ]:
            reader.bug(_("An agreed field is missing: it was renamed or removed."), f"query.{name}")


def _name(reader: Reader, value: object) -> str:
    """A dimension is ``{"name": …, "id": …}``; an undefined one has no name."""
    part = reader.mapping(value, "dimensions")
    name = part.get("name")
    return str(part.get("id") or "") if name is None else str(name)


def _honest(data: Mapping[str, object]) -> list[StrOrPromise]:
    """What Metrika admits about the answer, in words."""
    said: list[StrOrPromise] = []
    if data.get("sampled") is True:
        said.append(
            filled(
                _("Metrika computed this from a sample of the visits (share %(share)s)."),
                share=data.get("sample_share", "?"),
            )
        )
    if data.get("contains_sensitive_data") is True:
        said.append(_("Metrika hid groups of fewer than ten visitors: figures may be too low."))
    return said
