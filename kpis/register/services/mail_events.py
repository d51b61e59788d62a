"""Events of single letters: received from mail services, handed out as counts by day."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.conf import settings
from django.db import connection
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from kpis.register.connectors.inbox import MailCount
from kpis.register.models import MailEvent, Source
from kpis.register.services.persons import person_key

TRANSACTIONAL = "transactional"
_METRICS = {
    EventType.QUEUED: "sends",
    EventType.SENT: "sends",
    EventType.DELIVERED: "deliveries",
    EventType.BOUNCED: "hard_bounces",
    EventType.OPENED: "opens",
    EventType.CLICKED: "email_clicks",
    EventType.COMPLAINED: "complaints",
    EventType.UNSUBSCRIBED: "unsubscribes",
}
# Fields in which services say what kind of bounce it was, and their words for a passing one.
_KIND_FIELDS = ("event", "type", "Type", "status", "bounce_type", "event_type", "severity")
_SOFT = ("soft", "transient", "temporary", "blocked")
_MACHINES = ("googleimageproxy", "ggpht.com", "yahoomailproxy", "yahoo-mailproxy")
_EVERY_TIME = ["opens", "email_clicks"]
_OLDEST = dt.datetime(2005, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Post:
    """A call that is being read: whose it is and what it brought."""

    source: Source
    rows: list[MailEvent] = field(default_factory=list)


_post: ContextVar[_Post | None] = ContextVar("mail_post", default=None)


def mail_key(source: Source) -> str:
    """The part of the source's address nobody can guess. Another number in the settings makes
    another key; the old one stops working."""
    number = source.settings.get("address_number", 1)
    return salted_hmac(
        "register.mail_events", f"{source.uid}:{number}", algorithm="sha256"
    ).hexdigest()[:40]


def is_mail_key(source: Source, key: str) -> bool:
    """Whether ``key`` is the source's, without telling how much of it is right."""
    return constant_time_compare(mail_key(source), key)


@contextmanager
def receiving(source: Source) -> Iterator[None]:
    """Events announced inside belong to ``source``; they are stored together at the end, or not at
    all when reading them fails: the service then sends them again. What is known already stays as
    it is."""
    post = _Post(source)
    token = _post.set(post)
    try:
        yield
    finally:
        _post.reset(token)
    MailEvent.objects.bulk_create(post.rows, ignore_conflicts=True, batch_size=500)


@receiver(tracking, dispatch_uid="register.mail_events")
def mail_event_noted(event: AnymailTrackingEvent, esp_name: str, **_sent: Any) -> None:
    """One event of the call that is being read; announced elsewhere it is nobody's."""
    post = _post.get()
    if post is not None:
        post.rows.append(_row(post.source, event, esp_name))


class StoredInbox:
    """What one source has received. Keeps to `connectors.inbox.Inbox`."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def address(self) -> str:
        """Where the service must send its events: whoever knows it can report some."""
        path = reverse("register:mail-events", args=[self._source.uid, mail_key(self._source)])
        return f"{settings.SITE_URL.rstrip('/')}{path}"

    def last_at(self) -> dt.datetime | None:
        """See `Inbox`."""
        rows = MailEvent.objects.filter(source=self._source).order_by("-at")
        return rows.values_list("at", flat=True).first()

    def counts(self, first: dt.datetime, after: dt.datetime, zone: str) -> Sequence[MailCount]:
        """See `Inbox`. Opens and clicks count every time, anything else once a letter, on the day
        it happened first; unique opens and clicks are the first ones of each letter."""
        with connection.cursor() as cursor:
            cursor.execute(
                _COUNTS,
                {
                    "source": self._source.pk,
                    "first": first,
                    "after": after,
                    "zone": zone,
                    "every": _EVERY_TIME,
                },
            )
            return [MailCount(*row) for row in cursor.fetchall()]


_COUNTS = """
WITH happened AS (
    SELECT mailing, metric, message, person, by_machine, at FROM register_mailevent
    WHERE source_id = %(source)s AND at >= %(first)s AND at < %(after)s AND metric <> ''
), firsts AS (
    SELECT h.mailing, h.metric, min(h.at) AS at FROM happened h
    WHERE NOT EXISTS (
        SELECT 1 FROM register_mailevent e
        WHERE e.source_id = %(source)s AND e.message = h.message AND e.person = h.person
        AND e.mailing = h.mailing AND e.metric = h.metric AND e.at < %(first)s
    )
    GROUP BY h.mailing, h.metric, h.message, h.person
), counted AS (
    SELECT mailing, metric, at FROM happened WHERE metric = ANY(%(every)s)
    UNION ALL
    SELECT mailing, 'machine_opens', at FROM happened WHERE metric = 'opens' AND by_machine
    UNION ALL
    SELECT mailing, CASE WHEN metric = ANY(%(every)s) THEN 'unique_' || metric ELSE metric END, at
    FROM firsts
)
SELECT mailing, metric, (at AT TIME ZONE %(zone)s)::date AS day, count(*) FROM counted
GROUP BY mailing, metric, day ORDER BY mailing, metric, day
"""


def _row(source: Source, event: AnymailTrackingEvent, service: str) -> MailEvent:
    now = timezone.now()
    recipient = str(event.recipient or "")
    person = person_key([recipient])
    told = [service, event.event_type]
    if event.event_id:  # Postmark counts bounces and complaints by the same numbers
        key = _hash(*told, event.event_id)
    else:
        key = _hash(*told, event.message_id, event.timestamp, person, event.click_url)
    esp_event = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    return MailEvent(
        source=source,
        key=key,
        service=service[:30],
        event=str(event.event_type)[:20],
        metric=_metric(event, esp_event),
        mailing=_mailing(source, event),
        # Without an id of the letter an event stands for itself.
        message=_hash(service, event.message_id) if event.message_id else key,
        person=person,
        by_machine=event.event_type == EventType.OPENED and _by_machine(event, esp_event),
        at=event.timestamp if _is_likely(event.timestamp, now) else now,
        received_at=now,
    )


def _is_likely(at: dt.datetime | None, now: dt.datetime) -> bool:
    """Services mistake seconds for milliseconds at times; such a moment is none."""
    return at is not None and _OLDEST <= at <= now + dt.timedelta(days=1)


def _metric(event: AnymailTrackingEvent, esp_event: Mapping[str, Any]) -> str:
    words = " ".join(str(esp_event.get(name) or "") for name in _KIND_FIELDS).lower()
    if event.event_type == EventType.BOUNCED:
        passing = esp_event.get("hard_bounce") is False or any(word in words for word in _SOFT)
        return "soft_bounces" if passing else "hard_bounces"
    if event.event_type == EventType.DEFERRED:
        return "soft_bounces" if "soft" in words else ""
    return _METRICS.get(event.event_type, "")


def _by_machine(event: AnymailTrackingEvent, esp_event: Mapping[str, Any]) -> bool:
    agent = str(event.user_agent or "").lower()
    return (
        any(name in agent for name in _MACHINES)
        or "proxy" in str(esp_event.get("event") or "")
        or esp_event.get("sg_machine_open") is True
    )


def _mailing(source: Source, event: AnymailTrackingEvent) -> str:
    """The campaign of the metadata, else the first tag, else all that is sent one by one."""
    name = str(source.settings.get("metadata_field") or "campaign_id")
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    campaign = _plain(metadata.get(name))
    if campaign:
        return campaign
    tags = event.tags if isinstance(event.tags, list | tuple) else []
    tag = next(filter(None, map(_plain, tags)), "")
    return f"#{tag}"[:150] if tag else TRANSACTIONAL


def _plain(value: object) -> str:
    return str(value).replace("\x00", "").strip()[:150] if isinstance(value, str | int) else ""


def _hash(*parts: object) -> str:
    text = "\n".join("" if part is None else str(part) for part in parts)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
