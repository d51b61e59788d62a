"""The rows of Bitrix24 as records. Nothing here asks anybody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.crm import business_day, cents, lead_status, utm_touch
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    OrderRecord,
    OrderStatus,
    Touch,
    TouchKind,
)

LEAD, DEAL, CONTACT = 1, 2, 3
_UTM = {
    "source": "utmSource",
    "medium": "utmMedium",
    "campaign": "utmCampaign",
    "content": "utmContent",
    "term": "utmTerm",
}
_COMMON = [
    "id",
    "title",
    "stageId",
    "stageSemanticId",
    "opportunity",
    "currencyId",
    "sourceId",
    "contactId",
    "companyId",
    "createdTime",
    "updatedTime",
    "movedTime",
    *_UTM.values(),
]
LEAD_FIELDS = [*_COMMON, "assignedById", "webformId", "isReturnCustomer"]
DEAL_FIELDS = [*_COMMON, "categoryId", "leadId", "closed", "closedate"]
PERSON_FIELDS = ["phone", "email"]
KNOWN = ("title", "updatedTime", "isReturnCustomer", "closed", "closedate", "movedTime")
# The results of a call: 200 is a talk, everything else is none.
TALKED = "200"
INCOMING = {"2", "3"}
CALL_KNOWN = (
    "CALL_CATEGORY CALL_LOG CALL_RECORD_URL CALL_VOTE COST COST_CURRENCY CALL_FAILED_REASON "
    "CRM_ACTIVITY_ID REST_APP_ID REST_APP_NAME TRANSCRIPT_ID TRANSCRIPT_PENDING SESSION_ID "
    "REDIAL_ATTEMPT COMMENT RECORD_DURATION RECORD_FILE_ID EXTERNAL_CALL_ID CALL_ID"
).split()
_PHONE = re.compile(r"\+?[\d\s()-]{5,}")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a funnel. ``semantics``: S won, F lost, "" in work."""

    name: str
    semantics: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of the portal: funnels by id, stages by code, sources by code."""

    pipelines: Mapping[str, str]
    stages: Mapping[str, Stage]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What a row cannot tell by itself."""

    settings: Mapping[str, object]
    zone: ZoneInfo
    portal: SubjectRef
    lists: Lists

    @property
    def currency(self) -> str:
        """The currency of the source."""
        return str(self.settings.get("currency") or "RUB")


def stages_of(reader: Reader, rows: object, where: str) -> dict[str, Stage]:
    """The answer of ``crm.status.list`` by code."""
    found = {}
    for row in reader.rows(rows, where):
        semantics = reader.optional(row, "SEMANTICS")
        found[reader.text(row, "STATUS_ID")] = Stage(
            reader.text(row, "NAME"), str(semantics or "").upper()
        )
    return found


def enquiry_of(reader: Reader, row: Mapping[str, object], context: Context) -> EnquiryRecord:
    """A lead as an enquiry on the day it was created."""
    key = reader.text(row, "id")
    at = reader.moment(reader.field(row, "createdTime"), f"createdTime, {key}")
    stage, semantics = _stage(reader, row, context)
    source = context.lists.sources.get(reader.text(row, "sourceId"), "")
    by_form = str(reader.optional(row, "webformId") or "0") != "0"
    reader.optional(row, "opportunity")
    reader.optional(row, "currencyId")
    return EnquiryRecord(
        key=key,
        kind=EnquiryKind.FORM if by_form else EnquiryKind.LEAD,
        at=at,
        day=at.astimezone(context.zone).date(),
        subject=context.portal,
        status=lead_status(
            won=semantics == "S",
            lost=semantics == "F",
            stage=(reader.text(row, "stageId"), stage),
            reason="",
            settings=context.settings,
        ),
        responsible=reader.text(row, "assignedById"),
        customer=_customer(reader, row),
        contacts=people(reader, row),
        channel=source,
        touches=_touches(reader, row, source),
    )


def order_of(
    reader: Reader,
    row: Mapping[str, object],
    context: Context,
    contacts: Mapping[str, tuple[str, ...]],
) -> OrderRecord:
    """A deal as an order: paid when won, cancelled when lost, else open."""
    key = reader.text(row, "id")
    created = reader.moment(reader.field(row, "createdTime"), f"createdTime, {key}")
    _name, semantics = _stage(reader, row, context)
    status = {"S": OrderStatus.PAID, "F": OrderStatus.CANCELLED}.get(semantics, OrderStatus.OPEN)
    closed = _closed(reader, row, context.zone) if status is not OrderStatus.OPEN else None
    amount = reader.number(row, "opportunity", about=key)
    currency = reader.text(row, "currencyId") or context.currency
    source = context.lists.sources.get(reader.text(row, "sourceId"), "")
    lead = reader.optional(row, "leadId")
    return OrderRecord(
        key=key,
        day=business_day(
            created,
            closed,
            status,
            by_won=context.settings.get("deal_day", "won") == "won",
            zone=context.zone,
        ),
        amount=cents(amount),
        currency=currency,
        subject=_pipeline(reader, row, context, currency),
        status=status,
        at=created,
        paid_at=closed if status is OrderStatus.PAID else None,
        number=key,
        customer=_customer(reader, row),
        contacts=contacts.get(_id(reader, row, "contactId"), ()),
        channel=source,
        enquiry=str(lead) if lead and str(lead) != "0" else "",
        touches=_touches(reader, row, source),
    )


def call_of(reader: Reader, row: Mapping[str, object], zone: ZoneInfo) -> EnquiryRecord | None:
    """An incoming call; None for any other."""
    key = reader.text(row, "ID")
    kind, line = reader.text(row, "CALL_TYPE"), reader.text(row, "PORTAL_NUMBER")
    at = reader.moment(reader.field(row, "CALL_START_DATE"), f"CALL_START_DATE, {key}")
    answered = reader.text(row, "CALL_FAILED_CODE") == TALKED
    seconds = reader.count(row, "CALL_DURATION", about=key)
    caller = reader.text(row, "PHONE_NUMBER")
    owner = reader.text(row, "CRM_ENTITY_TYPE"), reader.text(row, "CRM_ENTITY_ID")
    person = reader.text(row, "PORTAL_USER_ID")
    if kind not in INCOMING:
        return None
    if _PHONE.fullmatch(line):
        line = "".join(filter(str.isdecimal, line))
    talk = int(seconds) if seconds is not None else None
    return EnquiryRecord(
        key=key,
        kind=EnquiryKind.CALL,
        at=at,
        day=at.astimezone(zone).date(),
        subject=SubjectRef("line", line or "-", line or "—"),
        answered=answered,
        seconds=talk if answered else 0,
        line=line,
        responsible=person,
        customer=f"{owner[0].lower()}:{owner[1]}" if all(owner) and owner[1] != "0" else "",
        contacts=(caller,) if caller else (),
    )


def people(reader: Reader, row: Mapping[str, object]) -> tuple[str, ...]:
    """The phone and e-mail of a lead or contact, where they were asked for."""
    found = (reader.optional(row, name) for name in PERSON_FIELDS)
    return tuple(str(value).strip() for value in found if value)


def _stage(reader: Reader, row: Mapping[str, object], context: Context) -> tuple[str, str]:
    """Name and semantics; of a stage that was removed the row itself still tells the latter."""
    stage = context.lists.stages.get(reader.text(row, "stageId"))
    told = str(reader.optional(row, "stageSemanticId") or "").upper()
    return (stage.name, stage.semantics) if stage else ("", told)


def _closed(reader: Reader, row: Mapping[str, object], zone: ZoneInfo) -> dt.datetime | None:
    """When the deal came to its last stage; the entered closing date where Bitrix24 kept none."""
    for name in ("movedTime", "closedate"):
        value = reader.optional(row, name)
        if value:
            return reader.moment(value, name, zone=zone)
    return None


def _pipeline(
    reader: Reader, row: Mapping[str, object], context: Context, currency: str
) -> SubjectRef:
    """The funnel; money of another currency never meets that of the source."""
    key = reader.text(row, "categoryId") or "0"
    label = context.lists.pipelines.get(key, key)
    if currency != context.currency:
        key, label = f"{key}:{currency}", f"{label} ({currency})"
    return SubjectRef("pipeline", key, label, parent=context.portal)


def _id(reader: Reader, row: Mapping[str, object], name: str) -> str:
    value = reader.optional(row, name)
    return "" if value in (None, "", 0, "0", Decimal()) else str(value)


def _customer(reader: Reader, row: Mapping[str, object]) -> str:
    contact, company = _id(reader, row, "contactId"), _id(reader, row, "companyId")
    if contact:
        return f"contact:{contact}"
    return f"company:{company}" if company else ""


def _touches(reader: Reader, row: Mapping[str, object], source: str) -> tuple[Touch, ...]:
    code = reader.text(row, "sourceId")
    entered = (Touch(TouchKind.CRM_SOURCE, value=source or code),) if code else ()
    return utm_touch(lambda tag: str(reader.optional(row, _UTM[tag]) or "")) + entered
