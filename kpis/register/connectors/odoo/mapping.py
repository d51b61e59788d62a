"""Rows of Odoo as records. An empty field arrives as ``false``. Nothing here asks anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.crm import business_day, cents, lead_status, utm_touch
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    EnquiryStatus,
    OrderRecord,
    OrderStatus,
    Record,
    Touch,
    TouchKind,
)

UTC = ZoneInfo("UTC")
LEAD, SALE, STAGE = "crm.lead", "sale.order", "crm.stage"
REASONS = ("lost_reason_id", "lost_reason")
PEOPLE = ("phone", "email_from")
_UTM = {"source": "source_id", "medium": "medium_id", "campaign": "campaign_id"}
LEAD_FIELDS = (
    "id type active probability stage_id team_id user_id partner_id company_id expected_revenue "
    "company_currency create_date write_date date_closed"
).split()
LEAD_EXTRAS = (*_UTM.values(), *REASONS, "referred")
SALE_FIELDS = (
    "id name state team_id partner_id company_id amount_total currency_id create_date write_date "
    "date_order"
).split()
SALE_EXTRAS = (*_UTM.values(), "opportunity_id", "margin")
_SOLD = {"sale": OrderStatus.PLACED, "done": OrderStatus.PLACED, "cancel": OrderStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class Context:
    """What a row cannot tell by itself. ``won`` are the ids of the stages that mean success;
    ``both``: a lead is an order as well."""

    settings: Mapping[str, object]
    zone: ZoneInfo
    host: str
    won: frozenset[str] = frozenset()
    both: bool = True

    @property
    def by_won(self) -> bool:
        """Whether an order counts on the day it was decided."""
        return self.settings.get("deal_day", "won") == "won"


def won_stages(reader: Reader, rows: list[Mapping[str, object]]) -> frozenset[str]:
    """The stages that mean success."""
    return frozenset(reader.text(row, "id") for row in rows if reader.field(row, "is_won") is True)


def lead_records(reader: Reader, row: Mapping[str, object], context: Context) -> tuple[Record, ...]:
    """The enquiry on the day it came and, if opportunities are the orders, the order under the same
    key. Won is a stage, lost is archived with a probability of nought; rubbish was never an
    order."""
    key = reader.text(row, "id")
    created = _moment(reader, row, "create_date") or _no_date(reader, key)
    stage, stage_name = _pair(reader.field(row, "stage_id"))
    archived = reader.field(row, "active") is False
    chance = reader.figure(reader.field(row, "probability") or 0, f"probability, {key}")
    won = stage in context.won
    lost = archived and not won and chance == 0
    reason = next((_pair(row[name])[1] for name in REASONS if row.get(name)), "")
    status = lead_status(
        won=won, lost=lost, stage=(stage, stage_name), reason=reason, settings=context.settings
    )
    subject = _team(reader, row, context)
    customer = _pair(reader.field(row, "partner_id"))[0]
    people = tuple(str(row[name]).strip() for name in PEOPLE if row.get(name))
    touches = _touches(reader, row)
    enquiry = EnquiryRecord(
        key=key,
        kind=EnquiryKind.LEAD,
        at=created,
        day=created.astimezone(context.zone).date(),
        subject=subject,
        status=status,
        responsible=_pair(reader.field(row, "user_id"))[1],
        customer=f"partner:{customer}" if customer else "",
        contacts=people,
        channel=_pair(row.get("source_id"))[1],
        touches=touches,
    )
    if not context.both:
        return (enquiry,)
    is_deal = reader.text(row, "type") == "opportunity"
    sold = OrderStatus.PAID if won else OrderStatus.OPEN
    if lost and is_deal and status is not EnquiryStatus.JUNK:
        sold = OrderStatus.CANCELLED
    closed = _moment(reader, row, "date_closed")
    currency = _pair(reader.field(row, "company_currency"))[1] or _own(context)
    order = OrderRecord(
        key=key,
        day=business_day(created, closed, sold, by_won=context.by_won, zone=context.zone),
        amount=cents(reader.number(_given(row, "expected_revenue"), "expected_revenue", about=key)),
        currency=currency,
        subject=_apart(subject, currency, context),
        status=sold,
        at=created,
        paid_at=closed if won else None,
        number=key,
        customer=enquiry.customer,
        contacts=people,
        channel=enquiry.channel,
        enquiry=key,
        touches=touches,
    )
    return enquiry, order


def sale_record(reader: Reader, row: Mapping[str, object], context: Context) -> OrderRecord:
    """A sales order: placed once confirmed, cancelled, else a quotation that counts nowhere."""
    key = reader.text(row, "id")
    created = _moment(reader, row, "create_date") or _no_date(reader, key)
    decided = _moment(reader, row, "date_order")
    status = _SOLD.get(reader.text(row, "state"), OrderStatus.OPEN)
    currency = _pair(reader.field(row, "currency_id"))[1] or _own(context)
    customer = _pair(reader.field(row, "partner_id"))[0]
    margin = row.get("margin")
    return OrderRecord(
        key=key,
        day=business_day(created, decided, status, by_won=context.by_won, zone=context.zone),
        amount=cents(reader.number(_given(row, "amount_total"), "amount_total", about=key)),
        currency=currency,
        subject=_apart(_team(reader, row, context), currency, context),
        status=status,
        at=created,
        margin=None if margin in (None, False) else cents(reader.figure(margin, "margin")),
        number=reader.text(row, "name"),
        customer=f"partner:{customer}" if customer else "",
        channel=_pair(row.get("source_id"))[1],
        enquiry=_pair(row.get("opportunity_id"))[0],
        touches=_touches(reader, row),
    )


def _pair(value: object) -> tuple[str, str]:
    """Id and name of a linked row; ("", "") where there is none."""
    if isinstance(value, list | tuple) and len(value) == 2:
        return str(value[0]), str(value[1])
    return "", ""


def _given(row: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The row with an empty figure as such: Odoo writes ``false``, a nought is written as one."""
    return {**row, name: None} if row.get(name) is False else row


def _moment(reader: Reader, row: Mapping[str, object], name: str) -> dt.datetime | None:
    value = reader.field(row, name)
    return reader.moment(value, name, zone=UTC) if value else None


def _no_date(reader: Reader, key: str) -> NoReturn:
    reader.bug(_("A date cannot be read."), f"create_date, {key}")


def _own(context: Context) -> str:
    return str(context.settings.get("currency") or "RUB")


def _team(reader: Reader, row: Mapping[str, object], context: Context) -> SubjectRef:
    """The sales team, below the company."""
    team, name = _pair(reader.field(row, "team_id"))
    company, label = _pair(reader.field(row, "company_id"))
    above = SubjectRef("company", company or context.host, label or context.host)
    return SubjectRef("pipeline", team or "0", name or "—", parent=above)


def _apart(subject: SubjectRef, currency: str, context: Context) -> SubjectRef:
    """Money of another currency never meets that of the source."""
    if currency == _own(context):
        return subject
    key, label = f"{subject.key}:{currency}", f"{subject.label} ({currency})"
    return SubjectRef(subject.kind, key, label, parent=subject.parent)


def _touches(reader: Reader, row: Mapping[str, object]) -> tuple[Touch, ...]:
    touches = utm_touch(lambda tag: _pair(row.get(_UTM.get(tag, "")))[1])
    referred = row.get("referred")
    return (*touches, Touch(TouchKind.SURVEY, value=str(referred))) if referred else touches
