"""What mail services tell us of single letters."""

from __future__ import annotations

from django.db import models

from kpis.register.models.source import Source


class MailEvent(models.Model):
    """One event of one letter, as its service reported it.

    ``key`` tells it from others of its source, however often it is reported: a hash of the
    service's own id of the event, or of all its parts. ``event`` is the service-independent name,
    ``metric`` what it counts as ("" for nothing). ``person`` is a keyed hash of the recipient; the
    address itself is not kept. ``at`` is when it happened.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    service = models.CharField(max_length=30)
    event = models.CharField(max_length=20)
    metric = models.CharField(max_length=20, blank=True)
    mailing = models.CharField(max_length=150)
    message = models.CharField(max_length=40)
    person = models.CharField(max_length=32, blank=True)
    by_machine = models.BooleanField(default=False)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="mail_event_once_in_source")
        ]
        indexes = [
            models.Index(fields=["source", "at"], name="mail_event_of_day"),
            # the first event of its kind of one letter
            models.Index(fields=["source", "message", "person"], name="mail_event_of_letter"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
