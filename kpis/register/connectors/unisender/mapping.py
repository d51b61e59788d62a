"""Unisender's answers as mailings and list sizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.register.connectors.mailers import Mailing, Row
from kpis.register.connectors.parsing import Reader

# Required figures, then those the service leaves out at times.
FIGURES = {
    "sends": "sent",
    "deliveries": "delivered",
    "opens": "read_all",
    "unique_opens": "read_unique",
    "email_clicks": "clicked_all",
    "unique_email_clicks": "clicked_unique",
}
AT_TIMES = {"unsubscribes": "unsubscribed", "complaints": "spam"}
METRICS = (*FIGURES, *AT_TIMES)
# Nothing has been sent in these states; any other state has totals.
NOT_SENT = frozenset(
    {"waits_censor", "censor_hold", "declined", "waits_schedule", "scheduled", "draft"}
)
_KNOWN = (
    "message_id", "list_id", "subject", "sender_name", "sender_email", "stats_url", "total",
)  # fmt: skip


def reader_of(raw: bytes) -> Reader:
    """A reader that knows what is there and not read."""
    return Reader("Unisender", raw, known=_KNOWN)


def campaigns_of(reader: Reader, result: object) -> Sequence[Row]:
    """The campaigns of one page of ``getCampaigns``, checked for what is read of them."""
    rows = reader.rows(result or [], "result")
    for row in rows:
        reader.text(row, "id")
        reader.text(row, "status")
        reader.field(row, "start_time")
    return rows


def day_of(reader: Reader, row: Row, zone: ZoneInfo) -> dt.date | None:
    """The day the campaign was sent on in ``zone``; None for one that was not sent. Unisender's
    times are UTC without saying so."""
    start = row.get("start_time")
    if reader.text(row, "status") in NOT_SENT or not start:
        return None
    return reader.moment(start, "start_time", zone=ZoneInfo("UTC")).astimezone(zone).date()


def mailing_of(reader: Reader, row: Row, result: object, day: dt.date) -> Mailing:
    """One campaign with its totals (``getCampaignCommonStats``)."""
    (stats,) = reader.rows([reader.mapping(result, "result")], "result")
    key = str(row["id"])
    figures: dict[str, Decimal | None] = {
        metric: reader.count(stats, name, about=key) for metric, name in FIGURES.items()
    }
    figures |= {
        metric: reader.count(stats, name, about=key, optional=True)
        for metric, name in AT_TIMES.items()
    }
    return Mailing(key, _label(row), day, figures, str(row.get("stats_url") or ""))


def size_of_list(reader: Reader, result: object, about: str) -> Decimal | None:
    """How many addresses a list has (``getContactCount``)."""
    answer: Mapping[str, object] = reader.mapping(result, "result")
    return reader.count(answer, "count", about=about)


def _label(row: Row) -> str:
    return str(row.get("subject") or "").strip() or f"#{row['id']}"
