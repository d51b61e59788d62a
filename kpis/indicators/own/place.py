"""What the records of a scope are counted with: its company, its streams of orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from config.lib.dates import days_between
from departments.structure.models import Company
from kpis.register.selectors.news import until_news
from kpis.register.selectors.series import counted
from staff.accounts.models import Scope

REMEMBERED = "_company"
Found = dict[str, dict[dt.date, Decimal]]


@dataclass(frozen=True, slots=True)
class Place:
    """``streams`` are those of the whole company that enter KPIs, ``inside`` the ones under the
    asked scope; ``covered`` the days the latter have been read for. ``currency`` "" is any.
    ``told`` are the other metrics asked about that a source gives under the scope."""

    currency: str
    streams: list[int]
    inside: list[int]
    covered: frozenset[dt.date]
    told: frozenset[str] = frozenset()


def company_of(scope: Scope) -> Company | None:
    """The company ``scope`` lies in; None for the whole group. One query for the page."""
    # Several providers are asked about one scope: its row remembers the answer.
    if REMEMBERED not in scope.__dict__:
        found = Company.objects.filter(scope_id__in=scope.ancestor_ids()).select_related("scope")
        scope.__dict__[REMEMBERED] = found.first()
    company: Company | None = scope.__dict__[REMEMBERED]
    return company


def zone_of(scope: Scope) -> ZoneInfo:
    company = company_of(scope)
    return ZoneInfo(company.time_zone if company else settings.TIME_ZONE)


def place_of(scope: Scope, metric: str, first: dt.date, last: dt.date, *others: str) -> Place:
    """Where ``metric`` is counted under ``scope``, and which of ``others`` a source tells there.
    Two queries."""
    company = company_of(scope)
    pairs = counted(company.scope if company else scope, [metric, *others]).values_list(
        "metric__code", "stream_id", "stream__source__scope__path", "stream__covered"
    )
    streams, inside, covered, told = [], [], set(), set()
    for code, stream, path, ranges in pairs:
        is_inside = path.startswith(scope.path)
        if code != metric:
            told |= {code} if is_inside else set()
            continue
        streams.append(stream)
        if is_inside:
            inside.append(stream)
            covered |= _days(ranges, first, last)
    currency = company.currency if company else ""
    return Place(currency, sorted(streams), sorted(inside), frozenset(covered), frozenset(told))


def _days(ranges: Iterable[tuple[str, str]], first: dt.date, last: dt.date) -> set[dt.date]:
    found: set[dt.date] = set()
    for begin, end in ranges:
        since, until = (dt.date.fromisoformat(text) for text in (begin, end))
        if max(since, first) <= min(until, last):
            found |= set(days_between(max(since, first), min(until, last)))
    return found


def rows(sql: str, values: dict[str, Any], streams: Iterable[int]) -> list[tuple[Any, ...]]:
    """The answer to ``sql`` about all the records of ``streams``, whatever their day: remembered
    until one of them gets news, so every page shares it. One query, two where there is news."""

    def ask() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    return until_news((sql, sorted(values.items())), streams, ask)


def filled(days: dict[dt.date, Decimal], covered: Iterable[dt.date]) -> dict[dt.date, Decimal]:
    """A day that was read and brought nothing is zero."""
    return dict.fromkeys(covered, Decimal(0)) | days
