"""Orders, refunds and enquiries: what a source knows one by one, with the traces of where they came
from. The register derives the daily metrics of each from the rows themselves.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpis.register.connectors.base import SubjectRef


class TouchKind(enum.StrEnum):
    """What links a person's order or enquiry to a channel. The rungs of evidence are weighed later,
    by attribution; here everything known is kept."""

    COUPON = "coupon"  # personal or one-off
    PROMO_CODE = "promo_code"
    QR = "qr"
    TRACKING_NUMBER = "tracking_number"  # a phone number of its own
    UTM = "utm"
    CLICK_ID = "click_id"  # yclid, gclid, …
    CLIENT_ID = "client_id"  # a counter's visitor: links to visits
    CRM_SOURCE = "crm_source"  # entered by a manager
    SURVEY = "survey"  # "how did you hear of us"
    REFERRER = "referrer"
    AD = "ad"  # a campaign the vendor itself names


@dataclass(frozen=True, slots=True)
class Touch:
    """One trace. ``value`` is what was seen (the code, the number, the click id, the answer);
    for UTM the five tags. ``at`` aware, None when the source does not tell (then it counts as the
    moment of what it belongs to)."""

    kind: TouchKind
    value: str = ""
    at: dt.datetime | None = None
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""


class OrderStatus(enum.StrEnum):
    """``open``: not an order yet (a deal in work), counts nowhere. ``placed`` and ``paid`` count as
    orders with revenue; ``cancelled`` counts as a cancelled order."""

    OPEN = "open"
    PLACED = "placed"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order, deal or posting. ``key`` is unique in the stream; ``day`` is its business day in
    the account's zone and must not move while the order lives (the day it was placed).

    ``amount`` is what the buyer pays, ``margin`` and ``units`` None when not known. ``customer`` is
    the vendor's id of the buyer; ``contacts`` are phone numbers and e-mails, kept only as keyed
    hashes, to know a person across sources.
    """

    key: str
    day: dt.date
    amount: Decimal
    currency: str
    subject: SubjectRef
    status: OrderStatus = OrderStatus.PLACED
    at: dt.datetime | None = None
    paid_at: dt.datetime | None = None
    units: Decimal | None = None
    discount: Decimal | None = None
    margin: Decimal | None = None
    number: str = ""
    customer: str = ""
    contacts: tuple[str, ...] = ()
    channel: str = ""
    promo_code: str = ""
    enquiry: str = ""  # the key of the enquiry it grew from, in the same source
    touches: tuple[Touch, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """Money given back, booked on the day it was given back. ``amount`` is positive; ``order`` is
    the key of the order in the same source, "" when the source does not tell."""

    key: str
    day: dt.date
    amount: Decimal
    currency: str
    subject: SubjectRef
    order: str = ""
    units: Decimal | None = None


class EnquiryKind(enum.StrEnum):
    LEAD = "lead"
    CALL = "call"
    MESSAGE = "message"
    CHAT = "chat"
    FORM = "form"


class EnquiryStatus(enum.StrEnum):
    """``qualified`` and ``won`` are good leads, ``junk`` is spam, a wrong number, a job seeker."""

    NEW = "new"
    QUALIFIED = "qualified"
    WON = "won"
    LOST = "lost"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class EnquiryRecord:
    """Somebody turned to us: a lead, a call, a message. ``at`` is aware, ``day`` its business day.

    For calls: ``answered`` (None for other kinds), ``seconds`` of talk; ``line`` is the number that
    was called, as digits. A missed call whose ``contacts`` get through later becomes recovered in
    the register, no connector has to know.
    """

    key: str
    kind: EnquiryKind
    at: dt.datetime
    day: dt.date
    subject: SubjectRef
    status: EnquiryStatus = EnquiryStatus.NEW
    answered: bool | None = None
    seconds: int | None = None
    line: str = ""
    responsible: str = ""
    customer: str = ""
    contacts: tuple[str, ...] = ()
    channel: str = ""
    touches: tuple[Touch, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """The source says that what had this key is no more."""

    key: str


Record = OrderRecord | RefundRecord | EnquiryRecord | Gone


@dataclass(frozen=True, slots=True)
class Level:
    """A counter as it stands now: views of a post, members of a group.

    ``value`` is the total at ``taken_at`` (aware). For a metric that adds up over time the register
    books the day's growth; for a metric whose last value counts, the value itself. ``since`` is the
    first day the counter could have been more than zero (the post's day): a first reading on that
    day is growth, a later one cannot be split by days and is only the base for what follows.
    """

    subject: SubjectRef
    metric: str
    taken_at: dt.datetime
    day: dt.date
    value: Decimal
    since: dt.date | None = None
    flags: frozenset[str] = field(default_factory=frozenset)
