"""Sending approved reports by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from kpis.indicators.models.closing import ReportEdition
from staff.accounts.models import Scope, ScopedQuerySet, User


class ReportSchedule(PublicModel, Timestamped):
    """The report of the month before goes out on ``day`` of each month at ``hour`` of the
    company's clock, or as soon as it is approved after that."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    day = models.PositiveSmallIntegerField(
        _("day of the month"), default=5, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    hour = models.PositiveSmallIntegerField(
        _("hour"), default=9, validators=[MaxValueValidator(23)]
    )
    recipients = models.ManyToManyField(User, related_name="+", verbose_name=_("recipients"))
    with_pdf = models.BooleanField("PDF", default=True)
    with_xlsx = models.BooleanField("Excel (XLSX)", default=False)
    is_active = models.BooleanField(_("is sent"), default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["scope", "day", "hour"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=28) & Q(hour__lte=23),
                name="schedule_day_and_hour",
                violation_error_message=_("A day from 1 to 28 and an hour from 0 to 23."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} · {self.day}, {self.hour}:00"


class ReportDelivery(PublicModel, Timestamped):
    """One letter: an edition to one person by one schedule. ``error`` is the mail server's answer
    where it was not taken."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")

    schedule = models.ForeignKey(
        ReportSchedule, on_delete=models.PROTECT, related_name="deliveries"
    )
    edition = models.ForeignKey(ReportEdition, on_delete=models.PROTECT, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "edition", "user"], name="delivery_once_to_each"
            )
        ]
        indexes = [
            # letters to send now: the sweep
            models.Index(fields=["next_at"], condition=~Q(state="sent"), name="delivery_to_send")
        ]

    def __str__(self) -> str:
        return f"{self.edition} → {self.user}"
