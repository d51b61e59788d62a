"""A lead of amoCRM as an enquiry and as an order. Nothing here asks anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.crm import business_day, cents, lead_status, utm_touch
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    EnquiryStatus,
    Gone,
    OrderRecord,
    OrderStatus,
    Record,
    Touch,
    TouchKind,
)

# The same in every pipeline of every account.
WON, LOST = "142", "143"
KNOWN = (
    "name group_id updated_at created_by updated_by closest_task_at score account_id labor_cost "
    "is_price_modified_by_robot is_price_computed loss_reason_id _links"
).split()
_CLICKS = ("YCLID", "GCLID", "FBCLID")
_VISITORS = ("_YM_UID", "GCLIENTID")
_REFERRERS = ("REFERRER", "UTM_REFERRER")


@dataclass(frozen=True, slots=True)
class Pipelines:
    """Names of pipelines and of their stages, by id."""

    names: Mapping[str, str]
    stages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What a row cannot tell by itself."""

    settings: Mapping[str, object]
    zone: ZoneInfo
    currency: str
    company: SubjectRef
    pipelines: Pipelines


def pipelines_of(reader: Reader, rows: list[Mapping[str, object]]) -> Pipelines:
    """The answer of ``leads/pipelines``."""
    names: dict[str, str] = {}
    stages: dict[str, str] = {}
    for row in rows:
        names[reader.text(row, "id")] = reader.text(row, "name")
        embedded = reader.mapping(reader.field(row, "_embedded"), "pipelines")
        for stage in reader.rows(reader.field(embedded, "statuses"), "statuses"):
            stages[reader.text(stage, "id")] = reader.text(stage, "name")
    return Pipelines(names, stages)


def records_of(
    reader: Reader,
    row: Mapping[str, object],
    context: Context,
    contacts: Mapping[str, tuple[str, ...]],
) -> tuple[Record, ...]:
    """The enquiry on the day it came and the order under the same key. Rubbish was never an order:
    it stays open, which counts nowhere."""
    key = reader.text(row, "id")
    deleted = reader.optional(row, "is_deleted")
    if deleted is True:
        return (Gone(key),)
    created = _moment(reader, row, "created_at", context.zone)
    if created is None:
        reader.bug(_("A date cannot be read."), f"created_at, {key}")
    stage = reader.text(row, "status_id")
    won, lost = stage == WON, stage == LOST
    status = lead_status(
        won=won,
        lost=lost,
        stage=(stage, context.pipelines.stages.get(stage, "")),
        reason=_reason(reader, row),
        settings=context.settings,
    )
    sold = OrderStatus.PAID if won else OrderStatus.OPEN
    if lost and status is not EnquiryStatus.JUNK:
        sold = OrderStatus.CANCELLED
    closed = _moment(reader, row, "closed_at", context.zone)
    people = people_of(reader, row)
    reach = next((contacts[person] for person in people if person in contacts), ())
    customer = f"contact:{people[0]}" if people else ""
    touches = _touches(reader, row)
    pipeline = reader.text(row, "pipeline_id")
    subject = SubjectRef(
        "pipeline",
        pipeline,
        context.pipelines.names.get(pipeline, pipeline),
        parent=context.company,
    )
    enquiry = EnquiryRecord(
        key=key,
        kind=EnquiryKind.LEAD,
        at=created,
        day=created.date(),
        subject=subject,
        status=status,
        responsible=reader.text(row, "responsible_user_id"),
        customer=customer,
        contacts=reach,
        touches=touches,
    )
    order = OrderRecord(
        key=key,
        day=business_day(
            created,
            closed,
            sold,
            by_won=context.settings.get("deal_day", "won") == "won",
            zone=context.zone,
        ),
        amount=cents(reader.number(row, "price", about=key)),
        currency=context.currency,
        subject=subject,
        status=sold,
        at=created,
        paid_at=closed if won else None,
        number=key,
        customer=customer,
        contacts=reach,
        enquiry=key,
        touches=touches,
    )
    return enquiry, order


def people_of(reader: Reader, row: Mapping[str, object]) -> list[str]:
    """Ids of the contacts of a lead, the main one first."""
    embedded = reader.optional(row, "_embedded")
    rows = embedded.get("contacts") if isinstance(embedded, dict) else None
    found = rows if isinstance(rows, list) else []
    found = sorted(found, key=lambda contact: not contact.get("is_main"))
    return [str(contact["id"]) for contact in found if contact.get("id")]


def contacts_of(reader: Reader, row: Mapping[str, object]) -> tuple[str, ...]:
    """Phones and e-mails of a contact."""
    return tuple(
        value
        for code, values in _fields(reader, row).items()
        if code in ("PHONE", "EMAIL")
        for value in values
    )


def _moment(
    reader: Reader, row: Mapping[str, object], name: str, zone: ZoneInfo
) -> dt.datetime | None:
    seconds = reader.field(row, name)
    if seconds is None:
        return None
    return dt.datetime.fromtimestamp(int(reader.figure(seconds, name)), zone)


def _fields(reader: Reader, row: Mapping[str, object]) -> dict[str, list[str]]:
    """The own fields of a row by code; null where it has none."""
    value = reader.optional(row, "custom_fields_values")
    found: dict[str, list[str]] = {}
    for field in value if isinstance(value, list) else []:
        entry = reader.mapping(field, "custom_fields_values")
        code, values = str(entry.get("field_code") or "").upper(), entry.get("values")
        if code and isinstance(values, list):
            texts = (reader.mapping(one, "values").get("value") for one in values)
            found[code] = [str(text).strip() for text in texts if text]
    return found


def _reason(reader: Reader, row: Mapping[str, object]) -> str:
    embedded = reader.optional(row, "_embedded")
    reasons = embedded.get("loss_reason") if isinstance(embedded, dict) else None
    first = reasons[0] if isinstance(reasons, list) and reasons else reasons
    return str(first.get("name") or "") if isinstance(first, dict) else ""


def _touches(reader: Reader, row: Mapping[str, object]) -> tuple[Touch, ...]:
    fields = _fields(reader, row)

    def one(code: str) -> str:
        return next(iter(fields.get(code, [])), "")

    touches = list(utm_touch(lambda tag: one(f"UTM_{tag.upper()}")))
    for kind, codes in (
        (TouchKind.CLICK_ID, _CLICKS),
        (TouchKind.CLIENT_ID, _VISITORS),
        (TouchKind.REFERRER, _REFERRERS),
    ):
        touches += [Touch(kind, value=one(code)) for code in codes if one(code)]
    source = reader.optional(row, "source_id")
    if source:
        touches.append(Touch(TouchKind.CRM_SOURCE, value=str(source)))
    return tuple(touches)
