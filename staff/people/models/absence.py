"""Days on which somebody is away."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from staff.accounts.models import ScopedQuerySet
from staff.people.models.employee import Employee
from staff.people.models.ranges import DateSpan, SameId


class AbsenceQuerySet(ScopedQuerySet):
    scope_field = "employee__department__scope"

    def on(self, day: dt.date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Absence(PublicModel, Timestamped):
    """Vacation, illness or another reason to be away; first and last day included."""

    class Kind(models.TextChoices):
        VACATION = "vacation", _("Vacation")
        ILLNESS = "illness", _("Sick leave")
        TRIP = "trip", _("Business trip")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Another reason")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(_("reason"), max_length=10, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    comment = models.CharField(_("comment"), max_length=250, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="absence_ends_after_start",
                violation_error_message=_("The end cannot be before the start."),
            ),
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[
                    (SameId("employee"), RangeOperators.OVERLAPS),
                    (DateSpan("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The person is already away on some of these dates."),
            ),
        ]
        # "who is away today"
        indexes = [models.Index(fields=["ends_on", "starts_on"], name="absence_of_day")]

    def __str__(self) -> str:
        return f"{self.employee} · {self.get_kind_display()}"
