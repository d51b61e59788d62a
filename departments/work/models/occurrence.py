"""One time an operational task is due."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.work.models.task import OperationalTask
from staff.accounts.models import Scope, ScopedQuerySet


class Status(models.TextChoices):
    """Stored states; overdue is derived, see `Occurrence.is_overdue`. Words agree with "task".

    A daily round that nobody began becomes missed when the next one is due: it cannot be done
    later. Rarer work stays open until it is done or skipped.
    """

    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")
    # Translators: a daily task nobody did on its day
    MISSED = "missed", _("Missed")


OPEN = (Status.NEW, Status.IN_PROGRESS)


class OccurrenceQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, now: dt.datetime) -> Self:
        return self.open().filter(due_at__lt=now)


class Occurrence(PublicModel, Timestamped):
    """``due_on`` is a date in the company's zone, ``due_at`` the same moment for everybody.

    One scheduled row per task and day. ``assignee`` is who is expected to do it, then who took
    it; None while anybody of the position or unit may. ``raised_by`` started an on-event task,
    ``event`` says why.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", editable=False)
    task = models.ForeignKey(OperationalTask, on_delete=models.PROTECT, related_name="occurrences")
    due_on = models.DateField(_("due on"))
    due_at = models.DateTimeField(_("due at"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who does it"),
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.NEW)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    skip_reason = models.CharField(_("why skipped"), max_length=250, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    event = models.CharField(_("the event"), max_length=250, blank=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "due_on"],
                condition=Q(raised_by=None),
                name="occurrence_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[Status.NEW, Status.MISSED], started_at=None, finished_at=None
                )
                | Q(
                    status=Status.IN_PROGRESS,
                    started_at__isnull=False,
                    finished_at=None,
                    assignee__isnull=False,
                )
                | Q(
                    status=Status.DONE,
                    started_at__isnull=False,
                    finished_at__isnull=False,
                    assignee__isnull=False,
                )
                | (Q(status=Status.SKIPPED, finished_at__isnull=False) & ~Q(skip_reason="")),
                name="occurrence_times_fit_state",
            ),
        ]
        indexes = [
            # my day and the team's day: what is open, by deadline
            models.Index(
                fields=["scope", "due_at"],
                condition=Q(status__in=["new", "in_progress"]),
                name="occurrence_open",
            ),
            # what was finished or skipped today; done in its rhythm
            models.Index(fields=["scope", "finished_at"], name="occurrence_finished"),
            # the card's history; the model audit
            models.Index(fields=["task", "-due_on"], name="occurrence_of_task"),
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.due_on:%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return reverse("work:occurrence-detail", args=[self.uid])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_overdue(self) -> bool:
        """Open after its deadline."""
        return self.is_open and self.due_at < timezone.now()
