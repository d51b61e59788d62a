"""The tea shop's calls as an Asterisk 12 and later would leave them in its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from kpis.register.connectors.telephony_play import ShopCall, calls_of
from kpis.simulator.play import Stage

MOSCOW = ZoneInfo("Europe/Moscow")
COLUMNS = (
    *("calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp"),
    *("duration", "billsec", "disposition", "uniqueid", "linkedid", "sequence", "did"),
)
CREATE = (
    "calldate timestamp, clid varchar(80), src varchar(80), dst varchar(80), dcontext varchar(80), "
    "channel varchar(80), dstchannel varchar(80), lastapp varchar(80), duration integer, "
    "billsec integer, disposition varchar(45), uniqueid varchar(150), linkedid varchar(150), "
    "sequence integer, did varchar(50)"
)
Row = tuple[object, ...]


def shop_calls(stage: Stage, first: dt.date, last: dt.date) -> list[ShopCall]:
    """The calls that began on these days."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [call for day in days for call in calls_of(stage, day, MOSCOW)]


def rows_of(call: ShopCall) -> Iterator[Row]:
    """A queue rings two people: the first does not take it, the second does or does not."""
    begun = call.at.replace(tzinfo=None)
    second = begun + dt.timedelta(seconds=call.wait)
    linked = f"{int(call.at.timestamp())}.{call.number}"
    ends = ("NO ANSWER", "ANSWERED" if call.answered else "NO ANSWER")
    for place, (at, disposition) in enumerate(zip((begun, second), ends, strict=True)):
        yield (
            at,
            f'"{call.caller}" <{call.caller}>',
            call.caller,
            "600",
            "from-trunk",
            f"PJSIP/trunk-{call.number:08x}",
            f"PJSIP/{201 + place}-{call.number:08x}",
            "Queue",
            call.wait + (call.seconds if place else 0),
            call.seconds if place else 0,
            disposition,
            linked if not place else f"{linked}1",
            linked,
            call.number * 2 + place,
            call.line,
        )


def outgoing(day: dt.date) -> Row:
    """An employee calls somebody."""
    at = dt.datetime.combine(day, dt.time(12))
    return (
        *(at, "", "201", "79160001122", "from-internal", "PJSIP/201-1", "PJSIP/trunk-2", "Dial"),
        *(40, 30, "ANSWERED", f"out.{day}", f"out.{day}", 1, ""),
    )
