"""Read models of subjects: the list and the card with thirteen weeks of figures."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.apps import apps
from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from kpis.register import policies
from kpis.register.models import Metric, Result, Source, Stream, StreamMetric, Subject, SubjectOwner
from kpis.register.services.subjects import OF_SOURCE
from staff.accounts.history import history
from staff.accounts.models import User
from staff.accounts.selectors import ScopeNames

WEEKS = 13
WEEK = 7
SHOWN = 50
CANDIDATES = 60
LOOKED_AT = 2000


def subjects_visible(user: User) -> QuerySet[Any]:
    visible: QuerySet[Any] = Subject.objects.visible_to(user, policies.RESULT_VIEW)
    return visible


def subjects_listed(user: User) -> QuerySet[Any]:
    """Subjects the person may see, with ``source_name`` ("" for those of our own apps) and
    ``duplicates``: how many are shown as this one."""
    same = Subject.objects.filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    rows: QuerySet[Any] = (
        subjects_visible(user)
        .select_related("parent", "owner", "direction", "merged_into")
        .annotate(
            source_name=_source_name(),
            duplicates=Subquery(same.annotate(n=Count("pk")).values("n")),
        )
    )
    return rows


def _source_name() -> Subquery:
    key = Concat(Value(OF_SOURCE), Cast("pk", CharField()))
    source = Source.objects.annotate(origin=key).filter(origin=OuterRef("origin"))
    return Subquery(source.values("name")[:1])


def origin_source(subject: Subject) -> int | None:
    """The key of the source the subject was met in."""
    rest = subject.origin.removeprefix(OF_SOURCE)
    return int(rest) if rest != subject.origin and rest.isdecimal() else None


def origin_label(subject: Any) -> str:
    """Where the subject comes from: the source's name or that of our app."""
    if getattr(subject, "source_name", None):
        return str(subject.source_name)
    if apps.is_installed(subject.origin):
        return str(apps.get_app_config(subject.origin.rpartition(".")[2]).verbose_name)
    known = {config.label: config.verbose_name for config in apps.get_app_configs()}
    return str(known.get(subject.origin, "—"))


# --- figures -------------------------------------------------------------------------------------
@dataclass
class MetricWeeks:
    """A metric of a subject in windows of seven days, oldest first; None: not measured. ``total``
    is None where the metric does not add up. ``is_counted``: whether it enters KPIs."""

    metric: Metric
    currency: str
    is_counted: bool
    days: dict[dt.date, Decimal] = field(default_factory=dict)
    parts: int = 1
    weeks: list[Decimal | None] = field(default_factory=list)
    total: Decimal | None = None


def period() -> tuple[dt.date, dt.date]:
    """Thirteen whole weeks up to yesterday."""
    last = timezone.localdate() - dt.timedelta(days=1)
    return last - dt.timedelta(days=WEEKS * WEEK - 1), last


def weeks_of(user: User, subjects: Iterable[Subject]) -> list[MetricWeeks]:
    """The figures of ``subjects`` together. Three queries; the primary key of results serves the
    one of rows: streams and days first."""
    chosen = list(subjects)
    first, last = period()
    streams = Stream.objects.filter(
        source__in=Source.objects.visible_to(user, policies.SOURCE_VIEW)
    )
    sources = [origin_source(item) for item in chosen]
    if None not in sources:  # others may write of a subject of our own apps
        streams = streams.filter(source__in=sources)
    pairs = StreamMetric.objects.filter(stream__in=streams).select_related("metric")
    counted = {(pair.stream_id, pair.metric_id): pair.is_counted for pair in pairs}
    metrics = {pair.metric_id: pair.metric for pair in pairs}
    rows = (
        Result.objects.filter(
            stream_id__in={stream for stream, _metric in counted},
            day__range=(first, last),
            subject_id__in=[item.pk for item in chosen],
        )
        .order_by()
        .values_list("stream_id", "metric_id", "day", "currency")
        .annotate(total=Sum("value"), parts=Count("subject_id", distinct=True))
    )
    found: dict[tuple[int, str, bool], MetricWeeks] = {}
    seen: dict[tuple[int, str, bool, dt.date], int] = defaultdict(int)
    for stream, metric, day, currency, total, parts in rows:
        if (stream, metric) not in counted:
            continue
        key = (metric, currency, counted[stream, metric])
        line = found.setdefault(key, MetricWeeks(metrics[metric], currency, key[2]))
        line.days[day] = line.days.get(day, Decimal(0)) + total
        seen[*key, day] += parts
        line.parts = max(line.parts, seen[*key, day])
    lines = [
        _summed(line, first)
        for (metric, currency, is_counted), line in found.items()
        if is_counted or (metric, currency, True) not in found
    ]
    return sorted(lines, key=lambda line: (not line.is_counted, line.metric.name.casefold()))


def _summed(line: MetricWeeks, first: dt.date) -> MetricWeeks:
    """The weeks and the total by the rule of the metric."""
    metric = line.metric
    rule: str = metric.agg_time
    if line.parts > 1 and metric.agg_dims == Metric.AggDims.NONE:
        rule = Metric.AggTime.NONE
    for week in range(WEEKS):
        start = first + dt.timedelta(days=WEEK * week)
        end = start + dt.timedelta(days=WEEK)
        inside = [(day, value) for day, value in line.days.items() if start <= day < end]
        line.weeks.append(_added(rule, inside))
    line.total = _added(rule, list(line.days.items()))
    return line


def _added(rule: str, days: list[tuple[dt.date, Decimal]]) -> Decimal | None:
    """Days as one figure; None for no days and for what does not add up."""
    values = [value for _day, value in sorted(days)]
    if not values or rule == Metric.AggTime.NONE:
        return None
    if rule == Metric.AggTime.LAST:
        return values[-1]
    return max(values) if rule == Metric.AggTime.MAX else sum(values, Decimal(0))


# --- the card ------------------------------------------------------------------------------------
def subject_card(subject: Subject, user: User) -> dict[str, Any]:
    """Everything the subject's page shows."""
    visible = subjects_visible(user)
    duplicates = list(visible.filter(merged_into=subject).order_by("label"))
    children = visible.filter(parent=subject, merged_into=None).order_by("label")
    first, last = period()
    source = origin_source(subject)
    sources = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    may = user.can(policies.SUBJECT_MANAGE, subject.scope)
    return {
        "title": subject.label,
        "subject": subject,
        "into": visible.filter(pk=subject.merged_into_id).first(),
        "where": ScopeNames()(subject.scope),
        "source": sources.filter(pk=source).first() if source else None,
        "origin": origin_label(subject),
        "above": _above(subject, visible),
        "children": list(children[:SHOWN]),
        "children_count": children.count(),
        "duplicates": duplicates,
        "lines": weeks_of(user, [subject, *duplicates]),
        "first": first,
        "last": last,
        "owners": SubjectOwner.objects.filter(subject=subject)
        .select_related("user")
        .order_by("-first_day"),
        "may_manage": may,
        "may_name": may and source is not None and not subject.merged_into_id,
        "history": history(user, subject),
    }


def _above(subject: Subject, visible: QuerySet[Any]) -> list[Subject]:
    """What it lies in, the outermost first, as far as the person may see."""
    found: list[Subject] = []
    parent = subject.parent_id
    while parent is not None and len(found) < WEEKS:
        above = visible.filter(pk=parent).first()
        if above is None or above in found:
            break
        found.insert(0, above)
        parent = above.parent_id
    return found


def candidates(subject: Subject, user: User, words: str) -> list[Subject]:
    """What may be a duplicate of ``subject``: the same kind in the same company, the most alike
    names first."""
    company = "/".join(subject.scope.path.split("/")[:3]) + "/"
    rows = Subject.objects.visible_to(user, policies.SUBJECT_MANAGE).filter(
        kind=subject.kind, merged_into=None, merged=None, scope__path__startswith=company
    )
    for word in words.split()[:6]:
        rows = rows.filter(label__icontains=word)
    known = list(rows.exclude(pk=subject.pk).annotate(source_name=_source_name())[:LOOKED_AT])
    name = subject.label.casefold()
    alike = SequenceMatcher(b=name, autojunk=False)

    def likeness(other: Subject) -> tuple[object, ...]:
        alike.set_seq1(other.label.casefold())
        return (-alike.quick_ratio(), other.label)

    return sorted(known, key=likeness)[:CANDIDATES]
