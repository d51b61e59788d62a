"""What mail services have in common: a mailing with its totals so far, a list with its size.

A mailing belongs to the day it was sent on, in the account's zone. Its totals only grow, so every
reading gives them anew and the register replaces what it had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import (
    CheckItem,
    Fact,
    Mode,
    Reread,
    Stream,
    SubjectRef,
    Window,
)
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import Level
from kpis.register.connectors.trying import tried

MAILINGS = "mailings"
LISTS = "lists"
LOOKBACK_DAYS = 2
# How long after sending letters still bounce and most people have not opened yet.
PROVISIONAL_DAYS = 3
DEEP = (Reread(14, 24), Reread(60, 168))
COMMON_NOTES: tuple[StrOrPromise, ...] = (
    _("A mailing stands on the day it was sent, with all its totals so far: what was opened a week "
      "later counts on the day of sending, as in the service's own report of the mailing."),
    _("Totals of mailings of the last 2 days are read on every run, of 14 days once a day, of 60 "
      "days once a week; what happens later is not read."),
    _("Opens are weak evidence: mail programs open letters by themselves. Clicks and orders tell "
      "more."),
)  # fmt: skip

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Mailing:
    """One mailing: ``day`` it was sent on, ``figures`` its totals by metric (None: not given)."""

    key: str
    label: str
    day: dt.date
    figures: Mapping[str, Decimal | None]
    url: str = ""


def mailing_stream(*metrics: str, slice_days: int = 31) -> Stream:
    """The stream of mailings with the metrics this service gives."""
    return Stream(
        name=MAILINGS,
        label=_("Mailings"),
        metrics=metrics,
        lookback_days=LOOKBACK_DAYS,
        slice_days=slice_days,
        deep=DEEP,
        with_today=True,  # a mailing is looked at in the hours after it went out
    )


def list_stream() -> Stream:
    """The stream of list sizes: as they stand now, without a history."""
    return Stream(
        name=LISTS,
        label=_("Subscriber lists"),
        metrics=("list_size",),
        lookback_days=0,
        slice_days=1,
        mode=Mode.LEVELS,
    )


def facts_of(mailings: Iterable[Mailing], today: dt.date) -> tuple[Fact, ...]:
    """The totals as facts; those of the last `PROVISIONAL_DAYS` are provisional."""
    settled = today - dt.timedelta(days=PROVISIONAL_DAYS)
    return tuple(
        Fact(
            subject=SubjectRef("mailing", mailing.key, mailing.label, mailing.url),
            metric=metric,
            day=mailing.day,
            value=value,
            flags=frozenset({"provisional"}) if mailing.day >= settled else frozenset(),
        )
        for mailing in mailings
        for metric, value in mailing.figures.items()
        if value is not None
    )


def size_of(key: str, label: str, size: Decimal, zone: ZoneInfo) -> Level:
    """The size of a list as it stands now."""
    now = timezone.now()
    return Level(
        subject=SubjectRef("list", key, label),
        metric="list_size",
        taken_at=now,
        day=timezone.localdate(now, zone),
        value=size,
    )


def zone_named(name: object, *, field: str = "time_zone") -> ZoneInfo:
    """The zone of this IANA name; `ConfigError` where there is none."""
    try:
        return ZoneInfo(str(name))
    except (LookupError, ValueError, OSError) as error:
        raise ConfigError(
            _("There is no such time zone."), field=field, detail=str(name)[:80]
        ) from error


def known_stream(name: str, streams: Sequence[Stream]) -> None:
    """`ConfigError` for a stream that is switched off."""
    if name not in {stream.name for stream in streams}:
        raise ConfigError(_("This part of the source is switched off."), detail=name)


def days_come(window: Window, zone: ZoneInfo) -> dt.date:
    """Today in ``zone``; `BugError` where the window holds a day that has not come."""
    today = timezone.localdate(timezone=zone)
    if window.last > today:
        raise BugError(_("A day that has not come was asked for."), detail=window.last.isoformat())
    return today


def edges(window: Window, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of the window and the first one after it, in UTC."""
    first = dt.datetime.combine(window.first, dt.time(), zone)
    after = dt.datetime.combine(window.last + dt.timedelta(days=1), dt.time(), zone)
    return first.astimezone(dt.UTC), after.astimezone(dt.UTC)


def changed_list() -> RetryError:
    """Rows came or went while a list was read page by page: nothing of it can be trusted."""
    return RetryError(_("The list of the source changed while it was read."))


def every_row(
    fetch: Callable[[int, int], Sequence[Row]], key: Callable[[Row], str], size: int
) -> Iterator[Sequence[Row]]:
    """The pages of a list whose service gives no total: ``fetch(offset, limit)``, each row once.

    Every page begins with the last row of the one before. When another row stands there, the list
    moved meanwhile and a row may have slipped through: `RetryError`. The end is a page that brings
    nothing new, not a short one: a service may give fewer rows than asked for.
    """
    seen: set[str] = set()
    last = ""
    while True:
        rows = fetch(max(len(seen) - 1, 0), size)
        if last and (not rows or key(rows[0]) != last):
            raise changed_list()
        fresh = fresh_rows(rows, key, seen)
        yield fresh
        if not fresh:
            return
        last = key(fresh[-1])


def announced_rows(
    fetch: Callable[[int, int], tuple[Sequence[Row], int]], key: Callable[[Row], str]
) -> Iterator[tuple[list[Row], int]]:
    """The pages of a list whose service gives its total: ``fetch(offset, page)`` -> rows, total.

    Each row once. A total that changes on the way is a `RetryError`; rows that are lacking at the
    end are the engine's to notice.
    """
    seen: set[str] = set()
    page, total = 0, None
    while True:
        rows, now = fetch(len(seen), page)
        if total is not None and now != total:
            raise changed_list()
        total = now
        fresh = fresh_rows(rows, key, seen)
        yield fresh, total
        if not fresh or len(seen) >= total:
            return
        page += 1


def fresh_rows(rows: Sequence[Row], key: Callable[[Row], str], seen: set[str]) -> list[Row]:
    """The rows whose key was not seen yet; remembers them."""
    fresh: list[Row] = []
    for row in rows:
        name = key(row)
        if name not in seen:
            seen.add(name)
            fresh.append(row)
    return fresh


def whole_total(reader: Reader, row: Row, name: str) -> int:
    """The total a service announces; `BugError` where it gives none."""
    value = reader.count(row, name, about=name)
    if value is None:
        reader.bug(_("An agreed field is missing: it was renamed or removed."), name)
    return int(value)


def checks(
    *items: tuple[str, StrOrPromise, Callable[[], StrOrPromise]],
) -> Iterator[CheckItem]:
    """Each item by itself; the first is the way in, without it the others are not tried."""
    for place, (name, label, attempt) in enumerate(items):
        item = tried(name, label, attempt)
        yield item
        if place == 0 and not item.ok:
            return
