"""Rows of the calls report as records of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import EnquiryRecord, EnquiryStatus, Touch, TouchKind
from kpis.register.connectors.telephony import call_record, digits

FIELDS = (
    "id",
    "start_time",
    "direction",
    "is_lost",
    "talk_duration",
    "contact_phone_number",
    "virtual_phone_number",
    "last_answered_employee_full_name",
    "person_id",
    "channel",
    "campaign_id",
    "campaign_name",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "ym_client_id",
    "ua_client_id",
    "yclid",
    "gclid",
    "referrer_domain",
    "sale_date",
    "tags",
)
_TAGS = ("source", "medium", "campaign", "content", "term")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the account's tags say of a call, in lower case."""

    good: frozenset[str] = frozenset()
    junk: frozenset[str] = frozenset()

    @classmethod
    def of(cls, good: Iterable[str], junk: Iterable[str]) -> Meaning:
        """From names as people write them."""
        return cls(*(frozenset(name.casefold() for name in names) for names in (good, junk)))


def call_of(
    reader: Reader, row: Mapping[str, object], zone: ZoneInfo, meaning: Meaning
) -> EnquiryRecord | None:
    """One call, None for an outgoing one. Times are told in the account's ``zone``."""
    key = reader.text(row, "id")
    if not key:
        reader.bug(_("An agreed field is missing: it was renamed or removed."), "id")
    if reader.text(row, "direction") != "in":
        return None
    lost = reader.field(row, "is_lost")
    if not isinstance(lost, bool):
        reader.bug(_("A field has another kind of value than agreed."), f"is_lost, {key}")
    seconds = reader.count(row, "talk_duration", about=key)
    return call_record(
        key=key,
        at=reader.moment(reader.text(row, "start_time"), f"start_time, {key}", zone=zone),
        zone=zone,
        line=digits(reader.text(row, "virtual_phone_number")),
        caller=digits(reader.text(row, "contact_phone_number")),
        answered=not lost,
        seconds=None if seconds is None else int(seconds),
        status=_status(reader, row, meaning),
        responsible=_told(reader, row, "last_answered_employee_full_name"),
        customer=_told(reader, row, "person_id"),
        channel=_told(reader, row, "channel"),
        touches=_touches(reader, row),
    )


def _told(reader: Reader, row: Mapping[str, object], name: str) -> str:
    value = reader.optional(row, name)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _status(reader: Reader, row: Mapping[str, object], meaning: Meaning) -> EnquiryStatus:
    """A sale wins, junk outweighs good."""
    if _told(reader, row, "sale_date"):
        return EnquiryStatus.WON
    tags = reader.optional(row, "tags")
    names = {
        str(tag.get("tag_name", "")).strip().casefold()
        for tag in (tags if isinstance(tags, list) else [])
        if isinstance(tag, dict)
    }
    if names & meaning.junk:
        return EnquiryStatus.JUNK
    return EnquiryStatus.QUALIFIED if names & meaning.good else EnquiryStatus.NEW


def _touches(reader: Reader, row: Mapping[str, object]) -> tuple[Touch, ...]:
    """Every trace of advertising the vendor linked to the call."""
    touches = []
    if number := _told(reader, row, "campaign_id"):
        touches.append(
            Touch(TouchKind.AD, value=number, campaign=_told(reader, row, "campaign_name"))
        )
    source, medium, campaign, content, term = (_told(reader, row, f"utm_{name}") for name in _TAGS)
    if source or medium or campaign or content or term:
        touches.append(
            Touch(
                TouchKind.UTM,
                source=source,
                medium=medium,
                campaign=campaign,
                content=content,
                term=term,
            )
        )
    for kind, name, whose in (
        (TouchKind.CLIENT_ID, "ym_client_id", "metrika"),
        (TouchKind.CLIENT_ID, "ua_client_id", "google_analytics"),
        (TouchKind.CLICK_ID, "yclid", "yclid"),
        (TouchKind.CLICK_ID, "gclid", "gclid"),
        (TouchKind.REFERRER, "referrer_domain", ""),
    ):
        if value := _told(reader, row, name):
            touches.append(Touch(kind, value=value, source=whose))
    if line := digits(_told(reader, row, "virtual_phone_number")):
        touches.append(Touch(TouchKind.TRACKING_NUMBER, value=line))
    return tuple(touches)
