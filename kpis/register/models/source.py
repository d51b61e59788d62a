"""Where results come from: a source, its streams, and which of their metrics count."""

from __future__ import annotations

import datetime as dt

from django.conf import settings as project
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import pick
from kpis.register.models.metric import Metric
from staff.accounts.models import Scope, ScopedQuerySet


class Source(PublicModel, Timestamped):
    """One account at one vendor. Secrets are sealed (`config.lib.crypto`) and never shown again.

    ``history_from`` is the first day worth having; ``next_due_at`` is when beat plans the next run,
    NULL for a source that is fed by hand. ``attention`` (both languages) says what a person must
    do. ``secret_expires_on`` is the first day a secret no longer works, where that is known.
    """

    class State(models.TextChoices):
        NEW = "new", _("not read yet")
        OK = "ok", _("works")
        ATTENTION = "attention", _("needs attention")

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose")
    )
    kind = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=150)
    settings = models.JSONField(default=dict)
    sealed_secrets = models.BinaryField(default=bytes, editable=False)
    is_active = models.BooleanField(_("read on schedule"), default=True)
    is_simulated = models.BooleanField(default=False, editable=False)
    every_minutes = models.PositiveIntegerField(_("read every, minutes"), default=60)
    history_from = models.DateField(_("history from"), null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.NEW, editable=False)
    attention = models.JSONField(default=dict, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    check_report = models.JSONField(default=list, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    secret_expires_on = models.DateField(null=True, editable=False)
    owner = models.ForeignKey(
        project.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who answers for it"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "name"],
                name="source_name_in_scope",
                violation_error_message=_("There is already a source with this name."),
            ),
            models.CheckConstraint(
                condition=models.Q(every_minutes__gte=1), name="source_every_positive"
            ),
        ]
        indexes = [
            # the sweeper: active sources that are due
            models.Index(
                fields=["next_due_at"], condition=models.Q(is_active=True), name="source_due"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("register:source-detail", args=[self.uid])

    @property
    def attention_text(self) -> str:
        return pick(self.attention)


class Stream(models.Model):
    """One kind of data of a source. ``covered`` is the cursor: the days already in the register, as
    sorted, disjoint ``[first, last]`` pairs of ISO dates; it is written in the transaction of the
    rows. ``rereads`` are the moments of the deep readings, by their days. Data older than
    ``agreed_hours`` is late."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="streams")
    name = models.CharField(max_length=40)
    covered = models.JSONField(default=list)
    loaded_at = models.DateTimeField(null=True)
    rereads = models.JSONField(default=dict)
    agreed_hours = models.PositiveIntegerField(_("agreed age, hours"), default=26)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "name"], name="stream_once_in_source")
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.name}"

    @property
    def last_day(self) -> dt.date | None:
        """The newest day in the register, or None."""
        return dt.date.fromisoformat(self.covered[-1][1]) if self.covered else None


class StreamMetric(models.Model):
    """A metric a stream writes. Two sources of different kinds that both give orders must not be
    added: only ``is_counted`` ones enter KPIs, the others are kept for comparison.
    """

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="metrics")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    is_counted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "metric"], name="stream_metric_once")
        ]

    def __str__(self) -> str:
        return f"{self.stream} · {self.metric}"
