"""Mailchimp's reports as mailings, its audiences as lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.register.connectors.mailers import Mailing, Row, whole_total
from kpis.register.connectors.parsing import Reader

METRICS = (
    "sends",
    "hard_bounces",
    "soft_bounces",
    "opens",
    "unique_opens",
    "machine_opens",
    "email_clicks",
    "unique_email_clicks",
    "unsubscribes",
    "complaints",
)
_KNOWN = (
    "type", "list_id", "list_is_active", "list_name", "preview_text", "rss_last_send", "forwards",
    "facebook_likes", "industry_stats", "list_stats", "ab_split", "timewarp", "timeseries",
    "share_report", "ecommerce", "delivery_status", "_links", "web_id", "contact",
    "permission_reminder", "use_archive_bar", "campaign_defaults", "notify_on_subscribe",
    "notify_on_unsubscribe", "date_created", "list_rating", "email_type_option",
    "subscribe_url_short", "subscribe_url_long", "beamer_address", "visibility", "double_optin",
    "has_welcome", "marketing_permissions", "modules",
)  # fmt: skip


def reader_of(raw: bytes) -> Reader:
    """A reader that knows what is there and not read."""
    return Reader("Mailchimp", raw, known=_KNOWN)


def rows_of(reader: Reader, data: Row, name: str) -> tuple[Sequence[Row], int]:
    """One page of ``reports`` or ``lists`` and the total of the whole list."""
    rows = reader.rows(reader.field(data, name) or [], name)
    for row in rows:
        reader.text(row, "id")
    return rows, whole_total(reader, data, "total_items")


def mailing_of(reader: Reader, row: Row, zone: ZoneInfo) -> Mailing | None:
    """One report; None for one without a moment of sending."""
    key = reader.text(row, "id")
    bounces = reader.mapping(reader.field(row, "bounces"), "bounces")
    opens = reader.mapping(reader.field(row, "opens"), "opens")
    clicks = reader.mapping(reader.field(row, "clicks"), "clicks")
    total = reader.count(opens, "opens_total", about=key)
    figures: dict[str, Decimal | None] = {
        "sends": reader.count(row, "emails_sent", about=key),
        "hard_bounces": reader.count(bounces, "hard_bounces", about=key),
        "soft_bounces": reader.count(bounces, "soft_bounces", about=key),
        "opens": total,
        "unique_opens": reader.count(opens, "unique_opens", about=key),
        "machine_opens": _by_machines(reader, opens, total, key),
        "email_clicks": reader.count(clicks, "clicks_total", about=key),
        "unique_email_clicks": reader.count(clicks, "unique_subscriber_clicks", about=key),
        "unsubscribes": reader.count(row, "unsubscribed", about=key),
        "complaints": reader.count(row, "abuse_reports", about=key),
    }
    label = reader.optional(row, "campaign_title") or reader.optional(row, "subject_line") or key
    reader.optional(row, "subject_line")
    sent = reader.field(row, "send_time")
    if not sent:
        return None
    day = reader.moment(sent, "send_time").astimezone(zone).date()
    return Mailing(key, str(label), day, figures)


def list_of(reader: Reader, row: Row) -> tuple[str, str, Decimal | None]:
    """(key, name, subscribed members) of an audience."""
    key = reader.text(row, "id")
    stats = reader.mapping(reader.field(row, "stats"), "stats")
    return key, reader.text(row, "name"), reader.count(stats, "member_count", about=key)


def _by_machines(reader: Reader, opens: Row, total: Decimal | None, about: str) -> Decimal | None:
    """Opens less those without the ones made by machines; None where Mailchimp does not tell."""
    people = reader.count(opens, "proxy_excluded_opens", about=about, optional=True)
    if people is None or total is None:
        return None
    return reader.whole(total - people, f"proxy_excluded_opens, {about}")
