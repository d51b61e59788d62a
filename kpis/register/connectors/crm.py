"""What CRM sources have in common: the day a deal counts on, the traces of where it came from.

A deal in work is an order with the status open, a won one is paid, a lost one is cancelled. The day
it counts on is a setting: the day it was won or lost, or the day it was created.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Window
from kpis.register.connectors.records import EnquiryStatus, OrderStatus, Touch, TouchKind

LEAD_METRICS = ("leads", "form_leads", "qualified_leads", "junk_leads")
DEAL_METRICS = ("orders", "revenue", "cancelled_orders")
ZONE = "Europe/Moscow"
_CENT = Decimal("0.01")


def deal_day_field() -> forms.ChoiceField:
    """The setting ``deal_day``."""
    return forms.ChoiceField(
        label=_("A deal counts on"),
        choices=[
            ("won", _("the day it was won or lost")),
            ("created", _("the day it was created")),
        ],
        initial="won",
        help_text=_("Enquiries always count on the day they came."),
    )


def list_field(label: StrOrPromise, help_text: StrOrPromise, initial: str = "") -> forms.CharField:
    """A setting that is a list: names or ids, separated by commas or lines."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        initial=initial,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def listed(value: object) -> frozenset[str]:
    """The entries of a `list_field` in lower case."""
    text = str(value or "").replace("\n", ",").replace(";", ",")
    return frozenset(part.strip().casefold() for part in text.split(",") if part.strip())


def zone_of(settings: Mapping[str, object]) -> ZoneInfo:
    """The zone of the setting ``zone``."""
    return ZoneInfo(str(settings.get("zone") or ZONE))


def bounds(window: Window, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of the window and the first one behind it."""
    first = dt.datetime.combine(window.first, dt.time(), zone)
    return first, dt.datetime.combine(window.last + dt.timedelta(days=1), dt.time(), zone)


def business_day(
    created: dt.datetime,
    closed: dt.datetime | None,
    status: OrderStatus,
    *,
    by_won: bool,
    zone: ZoneInfo,
) -> dt.date:
    """The day a deal counts on: where it was closed if that is the setting and it is known."""
    at = closed if by_won and closed and status is not OrderStatus.OPEN else created
    return at.astimezone(zone).date()


def cents(amount: Decimal | None) -> Decimal:
    """Money to the hundredth: vendors that keep it as a binary fraction send longer tails."""
    return (amount or Decimal()).quantize(_CENT, ROUND_HALF_UP)


def utm_touch(tag: Callable[[str], str]) -> tuple[Touch, ...]:
    """The touch of the five tags ("source", "medium", …) as ``tag`` gives them; () when all are
    empty."""
    touch = Touch(
        TouchKind.UTM,
        source=tag("source"),
        medium=tag("medium"),
        campaign=tag("campaign"),
        content=tag("content"),
        term=tag("term"),
    )
    return () if touch == Touch(TouchKind.UTM) else (touch,)


def lead_status(
    *, won: bool, lost: bool, stage: Iterable[str], reason: str, settings: Mapping[str, object]
) -> EnquiryStatus:
    """What became of a lead. ``stage`` are its id and name, ``reason`` why it was lost; the
    settings ``junk`` and ``qualified`` name what counts as rubbish and as good."""
    names = {name.casefold() for name in stage if name}
    junk = listed(settings.get("junk"))
    if won:
        return EnquiryStatus.WON
    if lost:
        is_junk = bool(names & junk) or reason.casefold() in junk
        return EnquiryStatus.JUNK if is_junk else EnquiryStatus.LOST
    if names & listed(settings.get("qualified")):
        return EnquiryStatus.QUALIFIED
    return EnquiryStatus.NEW


def settled(received: int, announced: int, recount: Callable[[], int]) -> int:
    """The total a slice is held against. What is changed while it is read leaves a window of the
    past and enters one that holds today; what was there all the time must have been received."""
    if received == announced:
        return announced
    sure = min(announced, recount())
    return received if received >= sure else sure
