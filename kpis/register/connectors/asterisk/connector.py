"""The Asterisk connector: incoming calls, each put together from its records."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.asterisk.database import NEEDED, USEFUL, VENDOR, Database, Target
from kpis.register.connectors.asterisk.legs import Legs, Rules, calls_of
from kpis.register.connectors.asterisk.notes import NOTES
from kpis.register.connectors.asterisk.settings_form import AsteriskSettingsForm
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.setting_names import names_of
from kpis.register.connectors.tape import question_of
from kpis.register.connectors.telephony import CALL_METRICS
from kpis.register.connectors.trying import failed, tried

# A call over midnight has records on both sides of the border of a window.
BORDER = dt.timedelta(hours=2)
_TOTAL = "x-total-count"


class AsteriskConnector:
    """One table. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "asterisk"
    label: ClassVar[StrOrPromise] = _("Asterisk")
    group: ClassVar[Group] = Group.TELEPHONY
    gives: ClassVar[StrOrPromise] = _("Calls, missed calls and talking time from the call records.")
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)
    settings_form: ClassVar[type[forms.Form]] = AsteriskSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._tape = account.tape
        self._gate = account.gate
        self._limits = (Limit("asterisk.database", parallel=1, key=account.uid),)
        self._target = Target.of(account.settings)
        self._database = Database(
            self._target, account.secrets.get("password", ""), self.time_zone()
        )
        self._line_column = str(self._settings.get("line_column") or "dst")
        self._rules = Rules(
            contexts=frozenset(
                name.casefold() for name in names_of(self._settings.get("contexts"))
            ),
            extension_digits=int(str(self._settings.get("extension_digits") or 5)),
            people_only=bool(self._settings.get("people_only")),
        )

    def streams(self) -> tuple[Stream, ...]:
        """Calls; a record is written when the call is over."""
        return (
            Stream(
                name="calls",
                label=_("Calls"),
                metrics=CALL_METRICS,
                lookback_days=1,
                slice_days=7,
                deep=(Reread(days=7, hours=24),),
                with_today=True,  # a missed call is called back today
            ),
        )

    def time_zone(self) -> str:
        """The server's zone as entered: its records do not tell it."""
        return str(self._settings.get("time_zone") or "Europe/Moscow")

    def check(self) -> Iterator[CheckItem]:
        """Connection, table, rights and yesterday's calls, one item each."""
        reached = _("The database answers at the address")
        table = _("The table can be read")
        try:
            columns = self._columns()
        except AuthError as fault:
            yield failed("login", _("The user is let in and may read"), fault)
            return
        except ConfigError as fault:
            if fault.field != "table":
                yield failed("reach", reached, fault)
                return
            yield CheckItem("reach", reached, ok=True)
            yield failed("table", table, fault)
            return
        except SourceError as fault:
            yield failed("reach", reached, fault)
            return
        yield CheckItem("reach", reached, ok=True)
        yield CheckItem("table", table, ok=True, detail=", ".join(columns))
        yield self._joined_item(columns)
        yield self._rights_item()
        yield tried("calls", _("Calls can be read"), self._yesterday)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """One page: the records of the window and of the hours around it."""
        if stream != "calls":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        yield self._page(window)

    def close(self) -> None:
        """Free the connection."""
        self._database.close()

    def _page(self, window: Window) -> Page:
        zone = ZoneInfo(self.time_zone())
        since = dt.datetime.combine(window.first, dt.time()) - BORDER
        until = dt.datetime.combine(window.last + dt.timedelta(days=1), dt.time()) + BORDER
        request = f"{self._target.table} calldate {since} … {until}"
        answer = self._answer(request, since, until)
        reader = Reader(VENDOR, answer.body)
        legs = Legs(reader, zone, self._line_column)
        rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
        calls = calls_of([legs.leg(row) for row in rows], self._rules)
        notices: list[StrOrPromise] = list(reader.notices())
        if legs.strange:
            notices.append(
                filled(
                    _("Unknown endings of calls count as missed: %(names)s."),
                    names=", ".join(sorted(legs.strange)),
                )
            )
        return Page(
            facts=(),
            records=tuple(call for call in calls if window.first <= call.day <= window.last),
            raw=answer.body,
            request=request,
            content_type="text/csv",
            received=len(rows),
            announced=int(answer.headers.get(_TOTAL, len(rows))),
            notices=tuple(notices),
        )

    def _answer(self, request: str, since: dt.datetime, until: dt.datetime) -> http.Answer:
        """What the table has, or had when the slice was read and is replayed now."""
        question = question_of(request)
        kept = self._tape.played(question)
        if kept is not None:
            return kept
        with self._gate.enter(self._limits):
            body, total = self._database.read(self._columns(), since, until)
        answer = http.Answer(200, {"content-type": "text/csv", _TOTAL: str(total)}, body, 0.0)
        self._tape.heard(question, request, answer)
        return answer

    def _columns(self) -> list[str]:
        """The columns to ask for; `ConfigError` names the ones that are missing."""
        there = self._database.columns()
        needed = dict.fromkeys((*NEEDED, self._line_column))
        missing = [name for name in needed if name not in there]
        if missing:
            raise ConfigError(
                _("The table has no such columns."),
                field="table",
                detail=", ".join(missing),
                advice=_("Compare the settings with the configuration of Asterisk."),
            )
        return [*needed, *(name for name in USEFUL if name in there and name not in needed)]

    def _joined_item(self, columns: list[str]) -> CheckItem:
        joined = "linkedid" in columns
        return CheckItem(
            "linkedid",
            _("Records of one call can be joined"),
            ok=joined,
            detail="" if joined else _("The table has no column linkedid."),
            advice=""
            if joined
            else _("Add linkedid to the records in Asterisk: a transferred call counts twice now."),
        )

    def _rights_item(self) -> CheckItem:
        label = _("The user may only read")
        try:
            more = self._database.may_write()
        except SourceError as fault:
            return failed("rights", label, fault)
        return CheckItem(
            "rights",
            label,
            ok=True,
            detail=_("This user may change the table too.") if more else "",
            advice=_("Make a user that may only read the table.") if more else "",
        )

    def _yesterday(self) -> StrOrPromise:
        today = timezone.now().astimezone(ZoneInfo(self.time_zone())).date()
        day = today - dt.timedelta(days=1)
        page = self._page(Window(day, day))
        return filled(_("Calls of yesterday: %(count)s"), count=len(page.records))
