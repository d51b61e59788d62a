"""From the Data API's tables to facts. Pure: no network, no database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Fact, SubjectRef
from kpis.register.connectors.ga4.faults import VENDOR
from kpis.register.connectors.parsing import Reader

_LONGEST_KEY = 180
# Money arrives as a double ("15230.499999999998"); the register keeps six digits.
_PLACES = Decimal("0.000001")
# Google's own words for traffic that no campaign brought.
NO_CAMPAIGN = frozenset({"", "(not set)", "(direct)", "(organic)", "(referral)", "(none)"})


@dataclass(frozen=True, slots=True)
class Field:
    """One figure: Google's name, our metric code, a whole count or not, money or not."""

    name: str
    metric: str
    whole: bool = True
    money: bool = False
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``keep_empty`` asks for rows of zeros, which are otherwise left out."""

    dimensions: tuple[str, ...]
    fields: tuple[Field, ...]
    keep_empty: bool = False

    def body(self, first: dt.date, last: dt.date, *, limit: int, offset: int) -> dict[str, object]:
        """The question; ordered by every dimension, else pages overlap."""
        return {
            "dateRanges": [{"startDate": first.isoformat(), "endDate": last.isoformat()}],
            "dimensions": [{"name": name} for name in self.dimensions],
            "metrics": [{"name": field.name} for field in self.fields],
            "orderBys": [{"dimension": {"dimensionName": name}} for name in self.dimensions],
            "keepEmptyRows": self.keep_empty,
            "limit": str(limit),
            "offset": str(offset),
        }


TOTALS = Report(
    dimensions=("date",),
    fields=(
        Field("sessions", "sessions"),
        Field("totalUsers", "users", flag="estimated"),
        Field("newUsers", "new_users"),
        Field("engagedSessions", "engaged_sessions"),
        Field("screenPageViews", "page_actions"),
        Field("keyEvents", "goal_completions", whole=False),
    ),
    keep_empty=True,
)
ECOMMERCE = Report(
    dimensions=("date",),
    fields=(
        Field("ecommercePurchases", "orders"),
        Field("grossPurchaseRevenue", "revenue", money=True),
        Field("refundAmount", "refunds", money=True),
    ),
    keep_empty=True,
)
CAMPAIGNS = Report(
    dimensions=("date", "sessionSource", "sessionMedium", "sessionCampaignName"),
    fields=(Field("sessions", "campaign_sessions"),),
)

Row = tuple[tuple[str, ...], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Table:
    """One page: ``rows`` as dimension values and figures by Google's names, ``total`` the rows of
    the whole answer, ``zone`` and ``currency`` of the property. ``restricted`` are metrics the
    account may not see: Google sends zeros for them."""

    rows: tuple[Row, ...]
    total: int
    zone: str
    currency: str
    flags: frozenset[str]
    restricted: frozenset[str]
    notices: tuple[StrOrPromise, ...]


def table_of(data: Mapping[str, object], report: Report, raw: bytes) -> Table:
    """The page as a table. Raises `BugError` when a figure or dimension asked for is not there."""
    reader = Reader(VENDOR, raw, known=("dimensionValues", "metricValues"))
    rows = reader.rows(data.get("rows") or [], "rows")
    dimensions = _headers(reader, data, "dimensionHeaders")
    metrics = _headers(reader, data, "metricHeaders")
    asked = {*report.dimensions, *(field.name for field in report.fields)}
    missing = asked - {*dimensions, *metrics}
    if missing and (rows or dimensions or metrics):
        reader.bug(
            _("An agreed field is missing: it was renamed or removed."), ", ".join(sorted(missing))
        )
    extra = sorted({*dimensions, *metrics} - asked)
    if set(dimensions) - set(report.dimensions):
        # A row is known by all its dimensions: one more makes other rows of them.
        reader.bug(_("A part of the answer has an unknown shape."), ", ".join(extra))
    total = reader.optional(data, "rowCount")
    if total is None and rows:
        reader.field(data, "rowCount")
    metadata = data.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    read: list[Row] = []
    for row in rows:
        keys = _values(reader, row, "dimensionValues", dimensions)
        figures = _values(reader, row, "metricValues", metrics)
        named = dict(zip(dimensions, keys, strict=True))
        key = tuple(str(named[name] or "") for name in report.dimensions)
        read.append((key, dict(zip(metrics, figures, strict=True))))
    notices = list(reader.notices())
    if extra:
        notices.append(
            filled(
                _("%(vendor)s sends fields that are not read: %(names)s."),
                vendor=VENDOR,
                names=", ".join(extra[:10]),
            )
        )
    restricted = _restricted(about)
    return Table(
        rows=tuple(read),
        total=int(reader.whole(reader.figure(total or 0, "rowCount"), "rowCount")),
        zone=str(about.get("timeZone") or ""),
        currency=str(about.get("currencyCode") or ""),
        flags=_flags(about),
        restricted=restricted,
        notices=(*notices, *_honest(about, restricted)),
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
        day = reader.day(key[0], "date", form="%Y%m%d")
        subject = site if len(key) == 1 else campaign(site, *key[1:])
        if subject is None:
            continue
        late = {"provisional"} if day >= provisional else set()
        for field in report.fields:
            if field.name in table.restricted:
                continue
            read = reader.count if field.whole and not field.money else reader.number
            value = read(figures, field.name, about=" ".join((day.isoformat(), *key[1:])))
            if value is None:
                continue
            if field.money and len(table.currency) != 3:
                reader.bug(_("An agreed field is missing: it was renamed or removed."), "currency")
            facts.append(
                Fact(
                    subject=subject,
                    metric=field.metric,
                    day=day,
                    value=exact(value),
                    currency=table.currency if field.money else "",
                    flags=table.flags | late | ({field.flag} if field.flag else set()),
                )
            )
    return tuple(facts), reader.notices()


def exact(value: Decimal) -> Decimal:
    """Without the dust of a double: whole when it is whole, else at most six digits."""
    rounded = value.quantize(_PLACES)
    whole = rounded.to_integral_value()
    return whole if whole == rounded else rounded.normalize()


def campaign(site: SubjectRef, source: str, medium: str, name: str) -> SubjectRef | None:
    """A campaign below its site, told apart by source and medium; None for other traffic."""
    if name.strip().lower() in NO_CAMPAIGN:
        return None
    clean = [part.replace("\x00", "") for part in (source, medium, name)]
    key = "/".join((site.key, *(_escaped(part) for part in clean)))
    if len(key) > _LONGEST_KEY:
        key = f"{key[:140]}#{hashlib.sha256(key.encode()).hexdigest()[:24]}"
    label = f"{clean[2]} ({clean[0]} / {clean[1]})"
    return SubjectRef(kind="campaign", key=key, label=label[:200], parent=site)


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F")


def _headers(reader: Reader, data: Mapping[str, object], name: str) -> list[str]:
    headers = data.get(name) or []
    if not isinstance(headers, list):
        reader.bug(_("A part of the answer has an unknown shape."), name)
    return [reader.text(reader.mapping(header, name), "name") for header in headers]


def _values(
    reader: Reader, row: Mapping[str, object], name: str, headers: list[str]
) -> list[object]:
    values = reader.field(row, name)
    if not isinstance(values, list) or len(values) != len(headers):
        reader.bug(_("A row has another number of values than the table has columns."), name)
    return [reader.mapping(value, name).get("value") for value in values]


def _flags(about: Mapping[str, object]) -> frozenset[str]:
    flags = set()
    if about.get("samplingMetadatas"):
        flags.add("sampled")
    if about.get("subjectToThresholding") is True:
        flags.add("thresholded")
    return frozenset(flags)


def _restricted(about: Mapping[str, object]) -> frozenset[str]:
    response = about.get("schemaRestrictionResponse")
    active = response.get("activeMetricRestrictions") if isinstance(response, dict) else None
    return frozenset(
        str(part.get("metricName"))
        for part in (active if isinstance(active, list) else [])
        if isinstance(part, dict)
    )


def _honest(about: Mapping[str, object], restricted: frozenset[str]) -> list[StrOrPromise]:
    """What Google admits about the answer, in words."""
    samples = about.get("samplingMetadatas")
    said: list[StrOrPromise] = [
        filled(
            _("Google computed this from a sample: %(read)s of %(all)s events."),
            read=sample.get("samplesReadCount", "?"),
            all=sample.get("samplingSpaceSize", "?"),
        )
        for sample in (samples if isinstance(samples, list) else [])
        if isinstance(sample, dict)
    ]
    if about.get("subjectToThresholding") is True:
        said.append(_("Google hid small groups of visitors: the figures may be too low."))
    if about.get("dataLossFromOtherRow") is True:
        said.append(_("Google folded rare rows into “(other)”: the breakdown is not complete."))
    if restricted:
        said.append(
            filled(
                _("The service account may not see these metrics, they are not read: %(names)s."),
                names=", ".join(sorted(restricted)),
            )
        )
    return said
