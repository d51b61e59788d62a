"""Background work of the shell."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task
from celery.signals import before_task_publish

from config.shell.services.heartbeat import heartbeat_record

NAME = "shell.heartbeat"
SENT_AT = "modus_sent_at"


@before_task_publish.connect(weak=False, dispatch_uid="heartbeat-sent-at")
def stamp(sender: str, headers: dict[str, Any], **kwargs: Any) -> None:
    """Writes into the message when beat made it: Celery itself keeps no such time."""
    if sender == NAME:
        headers[SENT_AT] = dt.datetime.now(dt.UTC).isoformat()


@shared_task(name=NAME, bind=True, ignore_result=True)
def heartbeat(self: Any) -> None:
    """Sent by beat every few seconds; proves that beat sends and that a worker runs."""
    stamped = getattr(self.request, SENT_AT, None) or (self.request.headers or {}).get(SENT_AT)
    heartbeat_record(sent_at=dt.datetime.fromisoformat(stamped) if stamped else None)
