"""What the sheet for figures by hand offers and shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format, number_format

from config.lib.money import MISSING, money, number
from kpis.register import policies
from kpis.register.files.keys import plain
from kpis.register.models import Metric, Result, ResultRevision, Source, StreamMetric, Subject
from kpis.register.periods import month_end
from kpis.register.registry import connector_class
from kpis.register.services.sheets import STREAM
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SUBJECTS_SHOWN = 200
HISTORY_SHOWN = 60
# What people enter figures about; products and single creatives come from files and interfaces.
BY_HAND = frozenset(set(Subject.Kind) - {Subject.Kind.PRODUCT, Subject.Kind.COMPANY})


def sources_for_hand(user: User) -> QuerySet[Source]:
    """Sources into which the person may enter figures."""
    rows: QuerySet[Source] = Source.objects.visible_to(user, policies.RESULT_ENTER)
    return rows.select_related("scope").order_by("name")


def metrics_offered(source: Source) -> tuple[list[Metric], list[Metric]]:
    """Metrics usual for the source (entered before, or those its interface lacks), then all others;
    by name."""
    try:
        codes = set(getattr(connector_class(source.kind), "manual_metrics", ()))
    except LookupError:
        codes = set()
    entered = StreamMetric.objects.filter(stream__source=source, stream__name=STREAM)
    codes |= set(entered.values_list("metric__code", flat=True))
    named = sorted(Metric.objects.all(), key=lambda metric: metric.name.casefold())
    return (
        [metric for metric in named if metric.code in codes],
        [metric for metric in named if metric.code not in codes],
    )


def subjects_offered(user: User, source: Source, wanted: str = "") -> list[Subject]:
    """Subjects of the source's place that figures can be about, by name: at most `SUBJECTS_SHOWN`,
    those of the source and the newest before others, the ``wanted`` one (a uid) always."""
    scope = source.scope
    around = Q(scope__path__startswith=scope.path) | Q(scope__in=scope.ancestor_ids())
    own = Q(origin=f"source:{source.pk}")
    visible = Subject.objects.visible_to(user, policies.RESULT_VIEW).filter(
        around, merged_into=None, kind__in=BY_HAND
    )
    newest = visible.order_by("-updated_at")
    found = {row.pk: row for row in newest.filter(own)[: SUBJECTS_SHOWN // 2]}
    found |= {row.pk: row for row in newest.exclude(own)[: SUBJECTS_SHOWN - len(found)]}
    if wanted.count("-") == 4 and wanted not in {str(row.uid) for row in found.values()}:
        found |= {row.pk: row for row in visible.filter(uid=wanted)[:1]}
    return sorted(found.values(), key=lambda row: row.label.casefold())


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell: ``text`` stands in the field, ``seen`` is what the register holds; ``said`` is what
    is wrong with it or has changed meanwhile."""

    name: str
    metric: Metric
    text: str
    seen: str
    who: str = ""
    said: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Day:
    day: dt.date
    is_weekend: bool
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Column:
    metric: Metric
    total: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history; ``old`` None: entered for the first time, ``new`` None: emptied."""

    at: dt.datetime
    who: str
    metric: Metric
    day: dt.date
    old: Decimal | None
    new: Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: list[Column]
    days: list[Day]
    history: list[Change] = field(default_factory=list)


def month_days(month: dt.date) -> list[dt.date]:
    """The days of a month that have come."""
    first = month.replace(day=1)
    last = min(month_end(first), timezone.localdate())
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def sheet_shown(
    *,
    source: Source,
    subject: Subject | None,
    month: dt.date,
    metrics: list[Metric],
    texts: Mapping[str, str] | None = None,
    said: Mapping[str, StrOrPromise] | None = None,
) -> Sheet:
    """The grid of a month. ``texts`` are what was typed and is not saved, ``said`` messages by
    cell. Three queries."""
    days = month_days(month)
    there = _entered(source, subject, metrics, days)
    columns = [Column(metric, _total(metric, there, days)) for metric in metrics]
    lines = [
        Day(
            day,
            day.weekday() >= 5,
            [_entry(metric, day, there, texts or {}, said or {}) for metric in metrics],
        )
        for day in days
    ]
    history = _history(source, subject, there, days) if subject else []
    return Sheet(columns, lines, history)


def _entered(
    source: Source, subject: Subject | None, metrics: list[Metric], days: list[dt.date]
) -> dict[tuple[str, dt.date], Any]:
    if subject is None:
        return {}
    rows = Result.objects.filter(
        stream__source=source,
        stream__name=STREAM,
        subject=subject,
        metric__in=metrics,
        day__gte=days[0],
        day__lte=days[-1],
    ).select_related("metric", "slice__run__created_by")
    return {(row.metric.code, row.day): row for row in rows}


def _entry(
    metric: Metric,
    day: dt.date,
    there: Mapping[tuple[str, dt.date], Any],
    texts: Mapping[str, str],
    said: Mapping[str, StrOrPromise],
) -> Entry:
    name = f"{metric.code}:{day.isoformat()}"
    row = there.get((metric.code, day))
    text, seen, who = "", "", ""
    if row is not None:
        seen = plain(row.value)
        text = number_format(Decimal(seen), use_l10n=True, force_grouping=False)
        when = date_format(timezone.localtime(row.loaded_at), "SHORT_DATETIME_FORMAT")
        who = f"{row.slice.run.created_by or ''} {when}".strip()
    return Entry(name, metric, texts.get(name, text), seen, who, said.get(name, ""))


def _total(metric: Metric, there: Mapping[tuple[str, dt.date], Any], days: list[dt.date]) -> str:
    """What the column comes to by the metric's meaning."""
    values = [there[metric.code, day] for day in days if (metric.code, day) in there]
    if not values or metric.agg_time == Metric.AggTime.NONE:
        return MISSING
    if metric.agg_time == Metric.AggTime.SUM:
        value = sum((row.value for row in values), Decimal(0))
    elif metric.agg_time == Metric.AggTime.MAX:
        value = max(row.value for row in values)
    else:
        value = values[-1].value
    if metric.unit == Metric.Unit.MONEY:
        return money(value, values[-1].currency or "RUB")
    return number(value)


def _history(
    source: Source,
    subject: Subject,
    there: Mapping[tuple[str, dt.date], Any],
    days: list[dt.date],
) -> list[Change]:
    """Newest first: what was changed, and what was entered and stands as it was."""
    revisions = (
        ResultRevision.objects.filter(
            stream__source=source,
            stream__name=STREAM,
            subject=subject,
            day__gte=days[0],
            day__lte=days[-1],
        )
        .select_related("metric", "slice__run__created_by")
        .order_by("-changed_at", "day")[:HISTORY_SHOWN]
    )
    found = []
    last_words = set()
    for row in revisions:
        last_words.add((row.metric.code, row.day, row.slice_id))
        who = str(row.slice.run.created_by or "")
        found.append(Change(row.changed_at, who, row.metric, row.day, row.old_value, row.new_value))
    for (code, day), row in there.items():
        if (code, day, row.slice_id) not in last_words:
            who = str(row.slice.run.created_by or "")
            found.append(Change(row.loaded_at, who, row.metric, day, None, row.value))
    found.sort(key=lambda change: (-change.at.timestamp(), change.day))
    return found[:HISTORY_SHOWN]
