"""The connector of files that 1C delivers itself: it reads what `services.exchange` has taken in.

The folder follows from the source's uid (`inbox.folder_of`): nothing has to be handed over.
"""

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
from kpis.register.connectors.base import Account, CheckItem, Group, Mode, Page, Stream, Window
from kpis.register.connectors.commerceml.documents import NotReadable, documents
from kpis.register.connectors.commerceml.inbox import Delivery, deliveries
from kpis.register.connectors.commerceml.mapping import Rules, record_of
from kpis.register.connectors.commerceml.notes import NOTES
from kpis.register.connectors.commerceml.settings_form import CommerceMlSettingsForm
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.connectors.records import Record

QUIET_DAYS = 3
# One slice for all: an older delivery must never be put over a newer one.
SLICE_DAYS = 3660


class CommerceMlConnector:
    """One exchange of one 1C. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "commerceml"
    label: ClassVar[StrOrPromise] = _("1C (CommerceML, 1C delivers)")
    group: ClassVar[Group] = Group.ACCOUNTING
    gives: ClassVar[StrOrPromise] = _("Orders and returns that 1C sends by itself.")
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)
    settings_form: ClassVar[type[forms.Form]] = CommerceMlSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._uid = account.uid
        self._rules = Rules.of(account.settings)
        self._ready = bool(account.settings.get("login") and account.secrets.get("password"))

    def streams(self) -> tuple[Stream, ...]:
        """Orders with their returns, by the day they were delivered."""
        return (
            Stream(
                name="orders",
                label=_("Orders"),
                metrics=(
                    "orders",
                    "revenue",
                    "items_sold",
                    "cancelled_orders",
                    "refunds",
                    "discount_amount",
                ),
                mode=Mode.CHANGES,
                lookback_days=1,
                slice_days=SLICE_DAYS,
            ),
        )

    def time_zone(self) -> str:
        """The zone of the dates in 1C."""
        return self._rules.zone.key

    def check(self) -> Iterator[CheckItem]:
        """Nobody can be asked: whether a name and password are set, and when 1C was last here."""
        yield CheckItem(
            "password",
            _("A name and a password for 1C are set"),
            ok=self._ready,
            advice="" if self._ready else _("Enter them here and in 1C."),
        )
        held = deliveries(self._uid) if self._uid else []
        label = _("1C has delivered")
        if held:
            moment = held[0].at.astimezone(self._rules.zone).strftime("%Y-%m-%d %H:%M")
            yield CheckItem("delivery", label, ok=True, detail=moment)
        else:
            yield CheckItem(
                "delivery",
                label,
                ok=True,
                detail=_("Nothing yet."),
                advice=filled(
                    _("In 1C enter the address of this site with %(path)s"),
                    path=f"/exchange/1c/{self._uid or '…'}/",
                ),
            )

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """A page for every file delivered on the days, newest first: of a document that came twice
        the last word counts."""
        if stream != "orders":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        held = deliveries(self._uid)
        seen: set[str] = set()
        chosen = [one for one in held if window.first <= self._day(one) <= window.last]
        for delivery in chosen:
            yield self._page(delivery, seen)
        if not chosen:
            yield Page(facts=(), raw=b"", request="delivered: 0", notices=self._silence(held))

    def close(self) -> None:
        """Nothing is open."""

    def _day(self, delivery: Delivery) -> dt.date:
        return delivery.at.astimezone(self._rules.zone).date()

    def _page(self, delivery: Delivery, seen: set[str]) -> Page:
        try:
            raw = delivery.path.read_bytes()
        except OSError as error:
            raise RetryError(_("A delivered file cannot be read."), detail=str(error)) from error
        last: dict[str, Record] = {}
        count = 0
        try:
            with delivery.path.open("rb") as content:
                for document in documents(content):
                    count += 1
                    record = record_of(document, self._rules)
                    if record is not None:
                        last[record.key] = record
        except NotReadable as fault:
            raise BugError(fault.message, raw=raw, detail=fault.detail) from fault
        fresh = tuple(record for key, record in last.items() if key not in seen)
        seen.update(last)
        return Page(
            facts=(),
            raw=raw,
            request=f"delivered: {delivery.path.name}",
            content_type="application/xml",
            received=count,
            records=fresh,
        )

    def _silence(self, held: list[Delivery]) -> tuple[StrOrPromise, ...]:
        """1C that has stopped calling looks just like a shop without orders."""
        if not held:
            return (_("1C has not delivered anything yet."),)
        last = self._day(held[0])
        today = timezone.localdate(timezone=ZoneInfo(self.time_zone()))
        if (today - last).days < QUIET_DAYS:
            return ()
        return (filled(_("1C has delivered nothing since %(day)s."), day=last.isoformat()),)
