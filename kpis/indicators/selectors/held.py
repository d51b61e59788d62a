"""Figures of what people and campaigns hold: a person's are those of the subjects they answered for
on the day of the fact, so that a past month is judged by those who ran it.

Parts of a subject (the campaigns of a channel) belong to it, unless they have owners of their own;
duplicates count with the one they are shown as. Whoever was named when the subject was made, and
nobody after, holds it from the beginning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from departments.work.models import Occurrence
from departments.work.models.occurrence import Status
from kpis.indicators.engine.series import AddUp, Day, MetricDays, SeriesKey
from kpis.indicators.engine.values import exact
from kpis.indicators.selectors.inputs import ONE_BY_ONE, Inputs, merged
from kpis.register.models import Metric
from kpis.register.models.result import Flag
from kpis.register.selectors.series import counted
from staff.accounts.models import Scope

DUE, ON_TIME = "tasks_due", "tasks_done_on_time"
TASKS = (DUE, ON_TIME)

_HELD = """
    WITH RECURSIVE held(person, campaign, id, first_day, last_day) AS (
        SELECT o.user_id, NULL::bigint, o.subject_id, o.first_day, o.last_day
          FROM register_subjectowner o
          JOIN register_subject s ON s.id = o.subject_id AND s.merged_into_id IS NULL
         WHERE o.user_id = ANY(%(users)s)
        UNION
        SELECT s.owner_id, NULL::bigint, s.id, NULL::date, NULL::date
          FROM register_subject s
         WHERE s.owner_id = ANY(%(users)s) AND s.merged_into_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM register_subjectowner o WHERE o.subject_id = s.id)
        UNION
        SELECT NULL::bigint, s.id, s.id, NULL::date, NULL::date
          FROM register_subject s WHERE s.id = ANY(%(subjects)s)
        UNION
        SELECT h.person, h.campaign, s.id, h.first_day, h.last_day
          FROM register_subject s JOIN held h
            ON s.merged_into_id = h.id
            OR (s.parent_id = h.id AND s.merged_into_id IS NULL
                AND (h.person IS NULL OR (s.owner_id IS NULL AND NOT EXISTS
                    (SELECT 1 FROM register_subjectowner o WHERE o.subject_id = s.id))))
    )
"""
_FIGURES = (
    _HELD  # noqa: S608  put together from constants
    + """
    , pairs(stream_id, metric_id, single) AS (
        SELECT * FROM unnest(%(streams)s::bigint[], %(metrics)s::bigint[], %(single)s::boolean[])
    ), found AS (
        SELECT DISTINCT h.person, h.campaign, r.stream_id, r.metric_id, r.subject_id, r.day,
               r.value, r.flags, r.loaded_at, p.single
          FROM held h
          JOIN register_result r ON r.subject_id = h.id
           AND r.day >= coalesce(h.first_day, r.day) AND r.day <= coalesce(h.last_day, r.day)
          JOIN pairs p ON p.stream_id = r.stream_id AND p.metric_id = r.metric_id
         WHERE r.day BETWEEN %(first)s AND %(last)s
    )
    SELECT person, campaign, metric_id, day, sum(value), count(DISTINCT stream_id),
           bool_or(flags & %(provisional)s <> 0), max(loaded_at), NULL::bigint, NULL::bigint
      FROM found WHERE NOT single GROUP BY person, campaign, metric_id, day
    UNION ALL
    SELECT person, campaign, metric_id, day, value, 1, flags & %(provisional)s <> 0, loaded_at,
           stream_id, subject_id
      FROM found WHERE single
"""
)
_PERIODS = _HELD + " SELECT DISTINCT id, first_day, last_day FROM held ORDER BY id"  # noqa: S608  constants
Days = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Held:
    """Inputs by holder: ``people`` by user id, ``campaigns`` by subject id."""

    people: dict[int, Inputs] = field(default_factory=dict)
    campaigns: dict[int, Inputs] = field(default_factory=dict)

    def all(self) -> Iterator[Inputs]:
        yield from self.people.values()
        yield from self.campaigns.values()


def held_inputs(
    *,
    scope: Scope,
    codes: Iterable[str],
    spans: Iterable[tuple[dt.date, dt.date]],
    users: Collection[int] = (),
    subjects: Collection[int] = (),
) -> Held:
    """Metrics ``codes`` of the subjects that ``users`` held, and of the campaigns ``subjects``,
    counted under ``scope``. Two queries and one per span, one more where tasks are asked for,
    however many people there are.

    Raises LookupError for a code outside the vocabulary.
    """
    codes = list(dict.fromkeys(codes))
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in words]:
        raise LookupError(f"not in the vocabulary: {', '.join(unknown)}")
    held = Held(
        {user: _empty(words) for user in users}, {subject: _empty(words) for subject in subjects}
    )
    by_id = {metric.pk: metric for metric in words.values()}
    told = [code for code in codes if code not in TASKS]
    pairs = list(counted(scope, told).values_list("stream_id", "metric_id")) if told else []
    for first, last in merged(spans):
        if pairs and (users or subjects):
            _add_results(held, pairs, by_id, first, last)
        if users and set(codes) & set(TASKS):
            _add_tasks(held, scope, codes, first, last)
    return held


def periods_held(
    *, users: Iterable[int] = (), subjects: Iterable[int] = ()
) -> dict[Days, list[int]]:
    """Ids of the subjects held, by the first and last day of holding (None: without end). One
    query."""
    found: dict[Days, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PERIODS, {"users": list(users), "subjects": list(subjects)})
        for subject, first, last in cursor.fetchall():
            found.setdefault((first, last), []).append(subject)
    return found


def _empty(words: dict[str, Metric]) -> Inputs:
    found = Inputs(metrics=words)
    for code, metric in words.items():
        zero = metric.missing == Metric.Missing.ZERO
        found.days[code] = MetricDays(
            code, {}, AddUp(metric.agg_time), metric.settle_days, zero, levels={}
        )
        found.loaded_at[code] = None
    return found


def _add_results(
    held: Held,
    pairs: list[tuple[int, int]],
    by_id: dict[int, Metric],
    first: dt.date,
    last: dt.date,
) -> None:
    values: dict[str, Any] = {
        "users": list(held.people),
        "subjects": list(held.campaigns),
        "streams": [stream for stream, _metric in pairs],
        "metrics": [metric for _stream, metric in pairs],
        "single": [by_id[metric].agg_time in ONE_BY_ONE for _stream, metric in pairs],
        "first": first,
        "last": last,
        "provisional": Flag.PROVISIONAL.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        rows = cursor.fetchall()
    for person, campaign, metric, day, value, streams, provisional, loaded, stream, about in rows:
        into = held.people[person] if person is not None else held.campaigns[campaign]
        code = by_id[metric].code
        series = None if about is None else (stream, about)
        _add_day(into, code, day, Day(exact(value), streams, provisional), series)
        into.loaded_at[code] = max(into.loaded_at[code] or loaded, loaded)


def _add_day(
    into: Inputs, code: str, day: dt.date, figure: Day, series: tuple[int, int] | None
) -> None:
    """Into the dicts that `_empty` made."""
    item = into.days[code]
    days = cast("dict[dt.date, Day]", item.days)
    if series is not None:
        levels = cast("dict[SeriesKey, dict[dt.date, Fraction]]", item.levels)
        levels.setdefault(series, {})[day] = figure.number
        if (before := days.get(day)) is not None:
            provisional = before.provisional or figure.provisional
            figure = Day(before.number + figure.number, 1, provisional)
    days[day] = figure


def _add_tasks(
    held: Held, scope: Scope, codes: Collection[str], first: dt.date, last: dt.date
) -> None:
    """Tasks by the day they were due, of those who were to do them; done on time: before the
    deadline. What was skipped for a reason was not due."""
    rows = (
        Occurrence.objects.filter(
            scope__path__startswith=scope.path,
            assignee__in=list(held.people),
            due_on__gte=first,
            due_on__lte=last,
        )
        .exclude(status=Status.SKIPPED)
        .values("assignee", "due_on")
        .annotate(
            due=Count("pk"),
            on_time=Count("pk", filter=Q(status=Status.DONE, finished_at__lte=F("due_at"))),
        )
        .order_by()
    )
    now = timezone.now()
    for row in rows:
        into = held.people[row["assignee"]]
        for code, number in ((DUE, row["due"]), (ON_TIME, row["on_time"])):
            if code in codes:
                _add_day(into, code, row["due_on"], Day(Fraction(Decimal(number))), None)
                into.loaded_at[code] = now
