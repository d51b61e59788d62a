"""Enquiries (leads, calls, messages) and the touches of enquiries and orders."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.records import TouchKind
from kpis.register.models.source import Stream
from kpis.register.models.subject import Subject


class Enquiry(models.Model):
    """Somebody turned to us. ``day`` is the business day of ``at``; ``person`` a keyed hash of the
    phone or e-mail ("" unknown).

    For calls: ``answered`` and ``seconds`` of talk, ``line`` the number called; ``is_recovered`` a
    missed one whose caller was talked to later, ``is_unique_target`` the first real talk with a
    person in a month. The two are worked out by the register from the calls around.
    """

    class Kind(models.TextChoices):
        LEAD = "lead", _("lead")
        CALL = "call", _("call")
        MESSAGE = "message", _("message")
        CHAT = "chat", _("chat")
        FORM = "form", _("form")

    class Status(models.TextChoices):
        NEW = "new", _("new")
        QUALIFIED = "qualified", _("qualified")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        JUNK = "junk", _("junk")

    pk = models.CompositePrimaryKey("stream_id", "key")
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="enquiries")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    status = models.CharField(max_length=9, choices=Status.choices)
    at = models.DateTimeField()
    day = models.DateField()
    answered = models.BooleanField(null=True)
    seconds = models.IntegerField(null=True)
    line = models.CharField(max_length=40)
    responsible = models.CharField(max_length=120)
    customer = models.CharField(max_length=120)
    person = models.CharField(max_length=32)
    channel = models.CharField(max_length=200)
    subject = models.ForeignKey(Subject, on_delete=models.DO_NOTHING, related_name="+")
    is_recovered = models.BooleanField(default=False, db_default=False)
    is_unique_target = models.BooleanField(default=False, db_default=False)
    slice_id = models.BigIntegerField()
    raw_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["stream", "day"], name="enquiry_of_day"),
            # calls of one person around a moment
            models.Index(fields=["stream", "person", "at"], name="enquiry_of_person"),
        ]

    def __str__(self) -> str:
        return self.key


class Touch(models.Model):
    """One trace of where an order or enquiry came from; attribution weighs them later."""

    class Owner(models.TextChoices):
        ORDER = "order", _("order")
        ENQUIRY = "enquiry", _("enquiry")

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    owner = models.CharField(max_length=7, choices=Owner.choices)
    key = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in TouchKind])
    value = models.CharField(max_length=300)
    at = models.DateTimeField(null=True)
    source = models.CharField(max_length=200)
    medium = models.CharField(max_length=200)
    campaign = models.CharField(max_length=300)
    content = models.CharField(max_length=300)
    term = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "owner", "key", "number"], name="touch_once_of_owner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
