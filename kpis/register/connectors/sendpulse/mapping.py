"""SendPulse's answers as mailings and list sizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.mailers import Mailing, Row
from kpis.register.connectors.parsing import Reader

METRICS = (
    "sends",
    "deliveries",
    "unique_opens",
    "unique_email_clicks",
    "unsubscribes",
    "complaints",
)
# By code, by the words of a state without an agreed code, by field where totals are an object.
_CODES = {"1": "sends", "2": "deliveries", "3": "unique_opens", "4": "unique_email_clicks"}
_WORDS = {"unsubscrib": "unsubscribes", "spam": "complaints"}
_FIELDS = {
    "sent": "sends",
    "delivered": "deliveries",
    "opening": "unique_opens",
    "link_redirected": "unique_email_clicks",
    "unsubscribe": "unsubscribes",
}
_KNOWN = (
    "status", "all_email_qty", "tariff_email_qty", "paid_email_qty", "overdraft_price",
    "overdraft_currency", "ovedraft_currency", "company_price", "is_sms", "is_viber", "message",
    "error", "explain", "inactive_email_qty", "new_phones_quantity", "active_phones_quantity",
    "exc_phones_quantity", "creationdate", "status_explain", "send_date", "statistics", "permalink",
)  # fmt: skip


def reader_of(raw: bytes) -> Reader:
    """A reader that knows what is there and not read."""
    return Reader("SendPulse", raw, known=_KNOWN)


def rows_of(reader: Reader, data: object) -> Sequence[Row]:
    """One page of a list; the whole answer is the list."""
    rows = reader.rows(data, "answer")
    for row in rows:
        reader.text(row, "id")
        reader.text(row, "name")
    return rows


def day_of(reader: Reader, row: Row, zone: ZoneInfo) -> dt.date | None:
    """The day a campaign was sent on; None where the row does not tell. Moments have no zone: they
    are the account's, as the days are."""
    sent = str(reader.optional(row, "send_date") or "")
    if not sent or sent.startswith("0000"):
        return None
    return reader.moment(sent, "send_date", zone=zone).astimezone(zone).date()


def campaign_of(reader: Reader, data: object) -> Row:
    """One campaign with its totals; some versions wrap it in a list."""
    (row,) = reader.rows(data if isinstance(data, list) else [data], "answer")
    reader.text(row, "id")
    return row


def mailing_of(reader: Reader, row: Row, day: dt.date) -> Mailing | None:
    """One campaign; None for one of which nothing was sent."""
    key = reader.text(row, "id")
    figures = _figures(reader, reader.optional(row, "statistics"), key)
    if not figures.get("sends"):
        return None
    message = row.get("message")
    subject = message.get("subject") if isinstance(message, dict) else ""
    label = reader.text(row, "name") or str(subject or "") or f"#{key}"
    return Mailing(key, label, day, figures, str(row.get("permalink") or ""))


def list_of(reader: Reader, row: Row) -> tuple[str, str, Decimal | None]:
    """(key, name, addresses that may be written to) of an address book."""
    key = reader.text(row, "id")
    reader.optional(row, "all_email_qty")
    return key, reader.text(row, "name"), reader.count(row, "active_email_qty", about=key)


def _figures(reader: Reader, statistics: object, about: str) -> Mapping[str, Decimal | None]:
    if not statistics:
        return {}
    if isinstance(statistics, dict):
        return {
            metric: reader.count(statistics, name, about=about, optional=name == "unsubscribe")
            for name, metric in _FIELDS.items()
        }
    figures: dict[str, Decimal | None] = {}
    for state in reader.rows(statistics, "statistics"):
        metric = _metric(reader.text(state, "code"), str(state.get("explain") or ""))
        count = reader.count(state, "count", about=about)
        if metric is not None:
            figures[metric] = count
    if "sends" not in figures:
        reader.bug(_("An agreed field is missing: it was renamed or removed."), "statistics.code=1")
    return figures


def _metric(code: str, words: str) -> str | None:
    """The metric of a state; None for the many ways of not being delivered."""
    if code in _CODES:
        return _CODES[code]
    return next((metric for part, metric in _WORDS.items() if part in words.lower()), None)
