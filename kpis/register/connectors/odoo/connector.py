"""The Odoo connector: leads as enquiries, opportunities or sales orders as orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import (
    Account,
    CheckItem,
    Group,
    Mode,
    Page,
    Reread,
    Stream,
    Window,
)
from kpis.register.connectors.crm import DEAL_METRICS, LEAD_METRICS, bounds, settled, zone_of
from kpis.register.connectors.errors import ConfigError, RetryError
from kpis.register.connectors.odoo.check import checks
from kpis.register.connectors.odoo.client import PAGE, VENDOR, Domain, OdooClient
from kpis.register.connectors.odoo.mapping import (
    LEAD,
    LEAD_EXTRAS,
    LEAD_FIELDS,
    PEOPLE,
    SALE,
    SALE_EXTRAS,
    SALE_FIELDS,
    STAGE,
    UTC,
    Context,
    lead_records,
    sale_record,
    won_stages,
)
from kpis.register.connectors.odoo.notes import NOTES
from kpis.register.connectors.odoo.settings_form import OdooSettingsForm
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import Record

_ROLL_CALL = (Reread(days=62, hours=160), Reread(days=400, hours=700))
_MOMENTS = {LEAD: "date_closed", SALE: "date_order"}
Map = Callable[[Reader, Mapping[str, object], Context], tuple[Record, ...]]


class OdooConnector:
    """One database. Keeps to `connectors.base.Connector` and `Expiring`."""

    kind: ClassVar[str] = "odoo"
    label: ClassVar[StrOrPromise] = _("Odoo")
    group: ClassVar[Group] = Group.CRM
    gives: ClassVar[StrOrPromise] = _("Leads, deals and orders.")
    secret_fields: ClassVar[tuple[str, ...]] = ("api_key",)
    settings_form: ClassVar[type[forms.Form]] = OdooSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = PAGE

    def __init__(self, account: Account) -> None:
        self.settings = account.settings
        self.zone = zone_of(account.settings)
        self.client = OdooClient(account, page_size=self.page_size)

    @property
    def sells(self) -> bool:
        """Whether orders are sales orders, not opportunities."""
        return self.settings.get("orders_from") == "sales"

    def streams(self) -> tuple[Stream, ...]:
        """Leads, which are orders as well unless there are sales orders."""
        leads = tuple(code for code in LEAD_METRICS if code != "form_leads")
        if not self.sells:
            return _changing(
                "leads", _("Leads and deals"), (*leads, *DEAL_METRICS), _("Deleted leads")
            )
        return (
            *_changing("leads", _("Leads"), leads, _("Deleted leads")),
            *_changing("sales", _("Orders"), (*DEAL_METRICS, "gross_margin"), _("Deleted orders")),
        )

    def time_zone(self) -> str:
        """The zone of the settings: Odoo gives moments in UTC."""
        return self.zone.key

    def expires_on(self) -> dt.date | None:
        """The day the person entered: Odoo does not tell."""
        try:
            return dt.date.fromisoformat(str(self.settings.get("key_expires") or "")[:10])
        except ValueError:
            return None

    def check(self) -> Iterator[CheckItem]:
        """Every right one by one."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        self.client.begin()
        match stream:
            case "leads":
                return self._leads(window)
            case "sales":
                return self._sales(window)
            case "leads_present":
                return self._roll_call(LEAD, window, by_won=not self.sells)
        return self._roll_call(SALE, window, by_won=True)

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def lead_fields(self) -> list[str]:
        """What can be asked of a lead here; the version and the modules decide."""
        wanted = [*LEAD_FIELDS, *LEAD_EXTRAS]
        if self.settings.get("contacts", True):
            wanted += PEOPLE
        return self._known(LEAD, LEAD_FIELDS, wanted)

    def sale_fields(self) -> list[str]:
        """What can be asked of a sales order here."""
        return self._known(SALE, SALE_FIELDS, [*SALE_FIELDS, *SALE_EXTRAS])

    def won(self) -> frozenset[str]:
        """The stages that mean success."""
        found: frozenset[str] = frozenset()
        for reply, rows in self.client.listed(STAGE, [], ["id", "is_won"]):
            found |= won_stages(Reader(VENDOR, reply.raw), rows)
        return found

    def _leads(self, window: Window) -> Iterator[Page]:
        context = replace(self._context(), won=self.won(), both=not self.sells)
        yield from self._changed(LEAD, self.lead_fields(), window, context, lead_records)

    def _sales(self, window: Window) -> Iterator[Page]:
        def mapped(
            reader: Reader, row: Mapping[str, object], context: Context
        ) -> tuple[Record, ...]:
            return (sale_record(reader, row, context),)

        yield from self._changed(SALE, self.sale_fields(), window, self._context(), mapped)

    def _changed(
        self, model: str, fields: list[str], window: Window, context: Context, mapped: Map
    ) -> Iterator[Page]:
        domain = self._between("write_date", window)
        announced = self.client.count(model, domain)
        seen: set[str] = set()
        held: Page | None = None
        for reply, rows in self.client.listed(model, domain, fields):
            if held is not None:
                yield held
            reader = Reader(VENDOR, reply.raw, known=(*fields, "display_name"))
            reader.rows(rows, model)
            fresh = {reader.text(row, "id"): row for row in rows}
            fresh = {key: row for key, row in fresh.items() if key not in seen}
            seen |= fresh.keys()
            records = [record for row in fresh.values() for record in mapped(reader, row, context)]
            held = Page(
                facts=(),
                raw=reply.raw,
                request=reply.request,
                content_type=reply.content_type,
                received=len(fresh),
                announced=announced,
                notices=(*reply.notices, *reader.notices()),
                records=tuple(records),
            )
        if held is not None:
            total = settled(len(seen), announced, lambda: self.client.count(model, domain))
            yield replace(held, announced=total)

    def _roll_call(self, model: str, window: Window, *, by_won: bool) -> Iterator[Page]:
        """Who was created in these days and, where orders count on the day they were decided, who
        was decided in them."""
        names = ["create_date"]
        if by_won and self.settings.get("deal_day", "won") == "won":
            names.append(_MOMENTS[model])
        for name in names:
            domain = self._between(name, window)
            announced, keys = self.client.count(model, domain), set[str]()
            for reply, rows in self.client.listed(model, domain, ["id"]):
                reader = Reader(VENDOR, reply.raw)
                here = tuple(dict.fromkeys(reader.text(row, "id") for row in rows))
                keys |= set(here)
                yield Page(
                    facts=(),
                    raw=reply.raw,
                    request=reply.request,
                    content_type=reply.content_type,
                    received=len(here),
                    notices=reply.notices,
                    present=here,
                )
            if len(keys) < announced:
                # Whoever was missed would be taken for deleted.
                raise RetryError(_("The source gave fewer rows than it announced."))

    def _between(self, name: str, window: Window) -> Domain:
        first, behind = (
            moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
            for moment in bounds(window, self.zone)
        )
        return [[name, ">=", first], [name, "<", behind]]

    def _known(self, model: str, agreed: list[str], wanted: list[str]) -> list[str]:
        there = self.client.fields(model, wanted)
        missing = [name for name in agreed if name != "id" and name not in there]
        if missing:
            Reader(VENDOR, b"").bug(
                _("An agreed field is missing: it was renamed or removed."),
                f"{model}: {', '.join(missing)}",
            )
        return [name for name in wanted if name == "id" or name in there]

    def _context(self) -> Context:
        host = urlsplit(str(self.settings.get("base_url", ""))).hostname or "-"
        return Context(self.settings, self.zone, host)


def _changing(
    name: str, label: StrOrPromise, metrics: tuple[str, ...], deleted: StrOrPromise
) -> tuple[Stream, Stream]:
    """A stream of changes and the roll call that finds what was deleted."""
    return (
        Stream(name, label, metrics, lookback_days=1, slice_days=7, mode=Mode.CHANGES),
        Stream(
            f"{name}_present",
            deleted,
            (),
            lookback_days=0,
            slice_days=31,
            deep=_ROLL_CALL,
            mode=Mode.ROLL_CALL,
            of=name,
        ),
    )
