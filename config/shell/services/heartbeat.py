"""Writing signs of life."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from config.shell.models import Heartbeat


def heartbeat_record(*, sent_at: dt.datetime | None) -> None:
    """A worker runs this now; beat lived when it sent the message. An older sign never wins."""
    now = timezone.now()
    signs = {"worker": now} | ({"beat": min(sent_at, now)} if sent_at else {})
    for name, at in signs.items():
        kept, made = Heartbeat.objects.get_or_create(name=name, defaults={"at": at})
        if not made and kept.at < at:
            Heartbeat.objects.filter(name=name, at__lt=at).update(at=at)
