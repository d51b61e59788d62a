"""Alerts: what is watched, what was found, whom it was sent to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import pick
from kpis.indicators.models.kpi import Kpi
from staff.accounts.models import Scope, ScopedQuerySet


class AlertRule(PublicModel, Timestamped):
    """One thing watched about one KPI of ``scope`` (a department or one of its directions).

    ``level`` is in the KPI's unit (a share as 0…1) for a threshold, in percent for a change.
    ``hysteresis`` is how far back over the level a value must come before the alert closes, in the
    same unit. ``hours`` belong to "no data": how old the newest day may be. ``checked_at`` is when
    the rule was last held against the figures.
    """

    class Kind(models.TextChoices):
        ABOVE = "above", _("the value is above a threshold")
        BELOW = "below", _("the value is below a threshold")
        CHANGE = "change", _("the value has changed by more than, %")
        ANOMALY = "anomaly", _("the day is out of the ordinary")
        NO_DATA = "no_data", _("no data for longer than")

    class Over(models.TextChoices):
        DAY = "day", _("the last full day")
        MONTH = "month", _("month to date")

    class Against(models.TextChoices):
        PREVIOUS = "previous", _("the day before")
        WEEKDAY = "weekday", _("the same weekday a week before")

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose figures")
    )
    kpi = models.ForeignKey(
        Kpi, on_delete=models.CASCADE, related_name="alert_rules", verbose_name=_("KPI")
    )
    kind = models.CharField(_("tell when"), max_length=8, choices=Kind.choices)
    over = models.CharField(_("counted over"), max_length=5, choices=Over.choices, default=Over.DAY)
    against = models.CharField(
        _("compared with"), max_length=8, choices=Against.choices, default=Against.WEEKDAY
    )
    level = models.DecimalField(
        _("threshold"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    hysteresis = models.DecimalField(
        _("back to normal beyond the threshold by"), max_digits=24, decimal_places=6, default=0
    )
    hours = models.PositiveIntegerField(_("hours"), null=True, blank=True)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("who is told")
    )
    in_app = models.BooleanField(_("behind the bell"), default=True)
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    is_active = models.BooleanField(_("in force"), default=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["kpi__position", "kpi", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["above", "below"], level__isnull=False)
                | Q(kind="change", level__isnull=False, level__gt=0)
                | Q(kind__in=["anomaly", "no_data"], level=None),
                name="alert_rule_has_its_level",
                violation_error_message=_("Give the threshold; a change is more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind="no_data", hours__isnull=False, hours__gte=1)
                | ~Q(kind="no_data") & Q(hours=None),
                name="alert_rule_has_its_hours",
                violation_error_message=_("Say after how many hours without data."),
            ),
            models.CheckConstraint(
                condition=Q(hysteresis__gte=0), name="alert_hysteresis_not_negative"
            ),
        ]
        indexes = [
            # rules to be checked again
            models.Index(fields=["checked_at"], condition=Q(is_active=True), name="alert_rule_due")
        ]

    def __str__(self) -> str:
        return f"{self.kpi} · {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:alert-rule-edit", args=[self.uid])


class AlertEventQuerySet(ScopedQuerySet):
    scope_field = "rule__scope"

    def open(self) -> AlertEventQuerySet:
        return self.exclude(state=AlertEvent.State.CLOSED)


class AlertEvent(PublicModel):
    """A rule has found something. One open event per rule: while it lasts ``day`` and ``value`` (of
    the newest finding) move on. ``text`` holds both languages. Closed by the product itself when
    the value is back to normal (``changed_by`` empty), or with its rule.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "seen", _("acknowledged")
        SNOOZED = "snoozed", _("put off")
        CLOSED = "closed", _("closed")

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="events")
    first_day = models.DateField()
    day = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    text = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    snoozed_until = models.DateField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    objects = AlertEventQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule"], condition=~Q(state="closed"), name="alert_one_open_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | ~Q(state="snoozed") & Q(snoozed_until=None),
                name="alert_snoozed_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        return pick(self.text)

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED


class AlertMail(models.Model):
    """One letter about one event: written with it, sent by a worker. ``error`` says in both
    languages why the last try failed."""

    MOST_TRIES = 5

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")

    event = models.ForeignKey(AlertEvent, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="alert_one_letter_each")
        ]
        indexes = [
            # what the worker sends next
            models.Index(fields=["state"], condition=Q(state="waiting"), name="alert_mail_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.user}"

    @property
    def error_text(self) -> str:
        return pick(self.error)
