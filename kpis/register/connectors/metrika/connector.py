"""The Yandex Metrika connector: its streams, how a table is read page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.connectors.metrika.check import checks
from kpis.register.connectors.metrika.client import SECRET, MetrikaClient
from kpis.register.connectors.metrika.counter import Counter, counter_of
from kpis.register.connectors.metrika.faults import VENDOR, TooManyRows
from kpis.register.connectors.metrika.logs import LogRequests, read_logs
from kpis.register.connectors.metrika.mapping import (
    BOUNCES,
    CAMPAIGNS,
    Report,
    Row,
    Table,
    ecommerce,
    facts_of,
    table_of,
    visits,
)
from kpis.register.connectors.metrika.notes import NOTES
from kpis.register.connectors.metrika.settings_form import MetrikaSettingsForm, goal_numbers
from kpis.register.connectors.parsing import few

LOOKBACK_DAYS = 4
DEEP = (Reread(days=21, hours=168),)


class MetrikaConnector:
    """One counter. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "metrika"
    label: ClassVar[StrOrPromise] = _("Yandex Metrika")
    group: ClassVar[Group] = Group.ANALYTICS
    gives: ClassVar[StrOrPromise] = _("Visits, goals, orders and campaigns of a counter.")
    secret_fields: ClassVar[tuple[str, ...]] = (SECRET,)
    settings_form: ClassVar[type[forms.Form]] = MetrikaSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    # Four times as many are allowed; a page of this size stays a few megabytes.
    page_rows: ClassVar[int] = 25_000

    def __init__(self, account: Account) -> None:
        self._account = account
        self._settings = account.settings
        self._opened: MetrikaClient | None = None
        self._counter: Counter | None = None

    def streams(self) -> tuple[Stream, ...]:
        """Visits and bounces always; orders, campaigns and raw visits as the settings have them."""
        streams = [
            self._stream("visits", _("Visits"), slice_days=31),
            self._stream("bounces", _("Bounces"), slice_days=31),
        ]
        if self.wants("ecommerce"):
            streams.append(self._stream("ecommerce", _("Orders and revenue"), slice_days=31))
        if self.wants("campaigns"):
            streams.append(self._stream("campaigns", _("Campaigns"), slice_days=7))
        if self.wants("logs"):
            streams.append(
                Stream(
                    name="logs",
                    label=_("Time on site"),
                    metrics=("session_seconds",),
                    lookback_days=LOOKBACK_DAYS,
                    slice_days=7,
                )
            )
        return tuple(streams)

    def time_zone(self) -> str:
        """The counter's zone in Metrika; asks once. Raises a `SourceError`."""
        return (self._counter or self.counter()).zone

    def check(self) -> Iterator[CheckItem]:
        """The token, the counter, its goals and every stream, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The table, or the file of raw visits, page by page. Never reads a day that is not over.
        The counter is asked for with every slice, so that its kept answers are complete."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        counter = self.counter()
        if window.last >= self.today():
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )
        if stream == "logs":
            yield from read_logs(
                self.log_requests(), window, site=counter.subject, provisional=self._provisional()
            )
        else:
            yield from self._table(self.report(stream), window, counter, 0)

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def client(self) -> MetrikaClient:
        """Opened on first use. Raises `AuthError` without a token."""
        if self._opened is None:
            self._opened = MetrikaClient(
                self._account,
                base_url=str(self._settings.get("base_url", "")),
                counter=self.number,
                login=str(self._settings.get("login") or self.number),
            )
        return self._opened

    def counter(self) -> Counter:
        """The counter as Metrika describes it now."""
        reply = self.client().get(f"management/v1/counter/{self.number}")
        self._counter = counter_of(reply, self.number)
        return self._counter

    def log_requests(self) -> LogRequests:
        """The files of raw visits."""
        return LogRequests(self.client(), self._account.tokens, self.number)

    def report(self, stream: str) -> Report:
        """The table of a stream, with this source's goals and currency."""
        return {
            "visits": visits(self.goals),
            "bounces": BOUNCES,
            "ecommerce": ecommerce(str(self._settings.get("currency") or "RUB")),
            "campaigns": CAMPAIGNS,
        }[stream]

    def wants(self, setting: str) -> bool:
        """Whether the settings ask for that part of the source."""
        return bool(self._settings.get(setting))

    def today(self) -> dt.date:
        """The date it is now where the counter's days are cut."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone()))

    @property
    def number(self) -> str:
        """The counter's number; `ConfigError` when it is none."""
        number = str(self._settings.get("counter_id", ""))
        if not (number.isascii() and number.isdecimal()):
            raise ConfigError(_("The counter's number is not a number."), field="counter_id")
        return number

    @property
    def goals(self) -> tuple[str, ...]:
        """The goals that are added up."""
        return goal_numbers(self._settings.get("goals"))

    def _table(
        self, report: Report, window: Window, counter: Counter, before: int
    ) -> Iterator[Page]:
        """``before`` are the rows of the parts of a halved range that were read already."""
        begun = False
        try:
            for page in self._pages(report, window, counter, before):
                begun = True
                yield page
            return
        except TooManyRows as fault:
            if begun or window.first == window.last:
                raise ConfigError(fault.message, field=fault.field, detail=fault.detail) from fault
        middle = window.first + (window.last - window.first) // 2
        for half in (
            Window(window.first, middle),
            Window(middle + dt.timedelta(days=1), window.last),
        ):
            for page in self._table(report, half, counter, before):
                yield page
            before = page.announced or before

    def _pages(
        self, report: Report, window: Window, counter: Counter, before: int
    ) -> Iterator[Page]:
        offset, total = 1, None
        known: dict[tuple[str, ...], Row] = {}
        more = True
        while more:
            reply = self.client().get(
                "stat/v1/data",
                report.params(self.number, window, limit=self.page_rows, offset=offset),
                about=f"{','.join(report.names)} {window.first}…{window.last} offset={offset}",
            )
            table = table_of(reply.data, report, reply.raw)
            if offset > 1 and table.total != total:
                raise _changed(f"{total}, {table.total}")
            total = table.total
            fresh = _fresh(table, known)
            offset += min(len(table.rows), self.page_rows)
            more = bool(table.rows) and (
                len(table.rows) >= self.page_rows if total is None else offset <= total
            )
            facts, notices = facts_of(
                table,
                fresh,
                report=report,
                site=counter.subject,
                provisional=self._provisional(),
                raw=reply.raw,
            )
            silent = () if more else _silent(report, window, known)
            yield Page(
                facts=facts,
                raw=reply.raw,
                request=reply.request,
                content_type=reply.content_type,
                received=len(fresh),
                announced=None if total is None else before + total,
                notices=(*reply.notices, *table.notices, *notices, *silent),
            )

    def _provisional(self) -> dt.date:
        return self.today() - dt.timedelta(days=LOOKBACK_DAYS)

    def _stream(self, name: str, label: StrOrPromise, *, slice_days: int) -> Stream:
        return Stream(
            name=name,
            label=label,
            metrics=tuple(field.metric for field in self.report(name).fields),
            lookback_days=LOOKBACK_DAYS,
            slice_days=slice_days,
            deep=DEEP,
        )


def _changed(detail: str) -> RetryError:
    return RetryError(
        filled(_("The figures of %(vendor)s changed while being read."), vendor=VENDOR),
        detail=detail[:100],
    )


def _fresh(table: Table, known: dict[tuple[str, ...], Row]) -> tuple[Row, ...]:
    """The rows no earlier page had, remembered in ``known``. A row that comes again with other
    figures means that the table moved under us."""
    fresh = []
    for row in table.rows:
        before = known.get(row[0])
        if before is None:
            known[row[0]] = row
            fresh.append(row)
        elif before[1] != row[1]:
            raise _changed(" ".join(row[0]))
    return tuple(fresh)


def _silent(
    report: Report, window: Window, known: dict[tuple[str, ...], Row]
) -> tuple[StrOrPromise, ...]:
    days = {key[0] for key in known}
    absent = [text for text in map(str, window.days()) if text not in days]
    if not report.every_day or not absent:
        return ()
    said = filled(
        _("%(vendor)s gave nothing for these days: %(days)s."), vendor=VENDOR, days=few(absent)
    )
    return (said,)
