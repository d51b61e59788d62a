"""What the model audit learns about accounting systems (A.R1 … C.R4) and the register (A.O11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.structure.audit_registry import Finding, State, register_probe
from departments.structure.models import Department
from kpis.register.models import Source, StreamMetric
from kpis.register.selectors.health import is_late

# Kinds of connectors that are the system a row of the model names.
OWN_SITE = frozenset({"matomo", "yandex_metrika"})
ENQUIRIES = frozenset({"orders", "leads", "calls", "revenue"})
CHANNELS = frozenset({"impressions", "clicks", "media_cost", "followers"})
MAILERS = frozenset({"sends", "deliveries"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row is fulfilled by a source of one of ``kinds``, or by one that counts one of
    ``metrics``.
    """

    codes: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()


WANTED = (
    Wanted(("A.R1",), kinds=frozenset({"google_analytics"})),
    Wanted(("A.R2",), metrics=CHANNELS),
    Wanted(("A.R3", "B.R1", "C.R2"), kinds=OWN_SITE),
    Wanted(("A.R4", "B.R2", "C.R4"), metrics=ENQUIRIES),
    Wanted(("C.R1",), metrics=MAILERS),
    Wanted(("C.R3",), kinds=frozenset({"coupons"})),
)


@register_probe
def accounting_systems(department: Department) -> Mapping[str, Finding]:
    """Present: a working source counts the row's figures; overdue: it waits for a person or is
    late. Three queries.
    """
    sources = _sources(department)
    found: dict[str, Finding] = {}
    for wanted in WANTED:
        finding = _finding([source for source in sources if _fulfils(source, wanted)])
        found |= dict.fromkeys(wanted.codes, finding)
    return found | {"A.O11": _finding(sources)}


def _sources(department: Department) -> list[Source]:
    """Sources of the department's place, of places in it and of those above it."""
    scope = department.scope
    here = Q(scope__path__startswith=scope.path) | Q(scope__in=scope.ancestor_ids())
    counted = StreamMetric.objects.filter(is_counted=True).select_related("metric")
    metrics = Prefetch("streams__metrics", counted, to_attr="counted")
    return list(Source.objects.filter(here).order_by("name").prefetch_related("streams", metrics))


def _fulfils(source: Source, wanted: Wanted) -> bool:
    """A source nothing of which counts fulfils nothing: it is kept for comparison only."""
    streams = list(source.streams.all())
    codes = {pair.metric.code for stream in streams for pair in _counted(stream)}
    if source.kind in wanted.kinds:
        return bool(codes) or not streams
    return bool(codes & wanted.metrics)


def _counted(stream: object) -> Iterable[StreamMetric]:
    pairs: Iterable[StreamMetric] = getattr(stream, "counted", ())
    return pairs


def _finding(sources: list[Source]) -> Finding:
    """The best of several sources speaks for the row."""
    if not sources:
        return Finding(State.MISSING, _("not connected"), reverse("register:source-kinds"))
    best = min((_one(source) for source in sources), key=lambda finding: _ORDER[finding.state])
    more = len(sources) - 1
    if best.state == State.PRESENT and more:
        text = _("%(first)s; sources in all: %(count)s")
        detail = text % {"first": best.detail, "count": more + 1}
        return Finding(State.PRESENT, detail, reverse("register:source-list"))
    return best


_ORDER = {State.PRESENT: 0, State.OVERDUE: 1, State.EMPTY: 2}


def _one(source: Source) -> Finding:
    url = source.get_absolute_url()
    if source.state == Source.State.ATTENTION:
        text = f"{source.name}: {source.attention_text}"
        return Finding(State.OVERDUE, text, url)
    until = _data_until(source)
    if until is None:
        return Finding(State.EMPTY, _("%(name)s: no figures yet") % {"name": source.name}, url)
    text = _("%(name)s, data until %(day)s")
    detail = text % {"name": source.name, "day": date_format(until, "SHORT_DATE_FORMAT")}
    late = is_late(source, timezone.now())
    return Finding(State.OVERDUE if late else State.PRESENT, detail, url)


def _data_until(source: Source) -> dt.date | None:
    days = [stream.last_day for stream in source.streams.all() if stream.last_day]
    return min(days, default=None)
