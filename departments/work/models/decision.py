"""What waits for the head's decision, whoever needs it: the dashboard reads this one list."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import pick
from staff.accounts.models import Scope, ScopedQuerySet


class DecisionQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state=Decision.State.OPEN)


class Decision(PublicModel, Timestamped):
    """A question to the head. ``kind`` is ``<app>.<noun>.<verb>`` of whoever raised it.

    ``title`` holds both languages. ``key`` keeps one open question per subject. The raiser
    learns the answer by the signal `departments.work.signals.decision_decided`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=120, blank=True)
    title = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state="open") & ~Q(key=""),
                name="decision_once_open",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="decision_decided_by_somebody",
            ),
        ]
        # the dashboard's list
        indexes = [models.Index(fields=["scope", "state", "created_at"], name="decision_waiting")]

    def __str__(self) -> str:
        return self.title_text

    @property
    def title_text(self) -> str:
        return pick(self.title)
