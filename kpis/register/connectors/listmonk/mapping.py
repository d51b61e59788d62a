"""listmonk's answers as mailings and list sizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.register.connectors.mailers import Mailing, Row, whole_total
from kpis.register.connectors.parsing import Reader

FIGURES = {"sends": "sent", "opens": "views", "email_clicks": "clicks"}
METRICS = tuple(FIGURES)
_UNSUBSCRIBED = "unsubscribed"
_KNOWN = (
    "id", "created_at", "updated_at", "lists", "to_send", "bounces", "type", "from_email", "body",
    "body_source", "altbody", "send_at", "status", "content_type", "tags", "template_id",
    "messenger", "headers", "attribs", "media", "archive", "archive_slug", "archive_template_id",
    "archive_meta", "optin", "description", "subscription_status", "subscription_created_at",
    "subscription_updated_at",
)  # fmt: skip


def reader_of(raw: bytes) -> Reader:
    """A reader that knows what is there and not read."""
    return Reader("listmonk", raw, known=_KNOWN)


def rows_of(reader: Reader, data: Row) -> tuple[Sequence[Row], int]:
    """One page of a list and the total of the whole list."""
    rows = reader.rows(reader.field(data, "results") or [], "results")
    for row in rows:
        reader.text(row, "uuid")
    return rows, whole_total(reader, data, "total")


def mailing_of(reader: Reader, row: Row, zone: ZoneInfo) -> Mailing | None:
    """One campaign with its totals; None for one not begun or not sent by mail."""
    messenger = str(row.get("messenger") or "email")
    started = reader.field(row, "started_at")
    key = reader.text(row, "uuid")
    label = reader.text(row, "name") or reader.text(row, "subject")
    reader.optional(row, "subject")
    figures: dict[str, Decimal | None] = {
        metric: reader.count(row, name, about=key) for metric, name in FIGURES.items()
    }
    if not started or not messenger.startswith("email"):
        return None
    day: dt.date = reader.moment(started, "started_at").astimezone(zone).date()
    return Mailing(key, label, day, figures)


def list_of(reader: Reader, row: Row) -> tuple[str, str, Decimal | None]:
    """(key, name, addresses that may be written to) of a list. Where listmonk tells the states of
    its subscriptions, those who left are not counted."""
    key = reader.text(row, "uuid")
    size = reader.count(row, "subscriber_count", about=key)
    states = reader.optional(row, "subscriber_statuses")
    if isinstance(states, dict) and states:
        counts = {
            name: reader.whole(reader.figure(value, name), name) for name, value in states.items()
        }
        size = sum(
            (count for name, count in counts.items() if name != _UNSUBSCRIBED), start=Decimal(0)
        )
    return key, reader.text(row, "name"), size
