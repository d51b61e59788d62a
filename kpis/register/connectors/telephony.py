"""What telephone sources have in common: numbers, lines and one incoming call as a record.

Whether a missed call was recovered is found by the register from the records themselves.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.records import EnquiryKind, EnquiryRecord, EnquiryStatus, Touch

CALL_METRICS = (
    "calls",
    "missed_calls",
    "recovered_calls",
    "unique_target_calls",
    "call_seconds",
)
NO_LINE = "-"
# A scheme, a domain or an extension around a number is not part of it.
_AROUND = re.compile(r"^(sip|tel|sips):|[@;].*$", re.IGNORECASE)


def digits(number: object) -> str:
    """The digits of a telephone number, "" for what has none."""
    return "".join(filter(str.isdecimal, _AROUND.sub("", str(number or "").strip())))


def line_subject(line: str) -> SubjectRef:
    """The line that was called; calls whose line is not known share one subject."""
    if not line:
        return SubjectRef("line", NO_LINE, "—")
    return SubjectRef("line", line, f"+{line}" if len(line) > 6 else line)


def call_record(
    *,
    key: str,
    at: dt.datetime,
    zone: ZoneInfo,
    line: str,
    caller: str,
    answered: bool,
    seconds: int | None,
    status: EnquiryStatus = EnquiryStatus.NEW,
    responsible: str = "",
    customer: str = "",
    channel: str = "",
    touches: tuple[Touch, ...] = (),
) -> EnquiryRecord:
    """One incoming call on the day it began in ``zone``. A missed call has no talk time."""
    return EnquiryRecord(
        key=key,
        kind=EnquiryKind.CALL,
        at=at,
        day=at.astimezone(zone).date(),
        subject=line_subject(line),
        status=status,
        answered=answered,
        seconds=seconds if answered else 0,
        line=line,
        responsible=responsible,
        customer=customer,
        contacts=(caller,) if caller else (),
        channel=channel,
        touches=touches,
    )
