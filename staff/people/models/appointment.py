"""Who held which position when: the history is kept."""

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
from staff.people.models.position import Position
from staff.people.models.ranges import DateSpan, SameId


class AppointmentQuerySet(ScopedQuerySet):
    scope_field = "position__scope"

    def on(self, day: dt.date) -> Self:
        """In force on ``day``, first and last day included."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gte=day))


class Appointment(PublicModel, Timestamped):
    """``employee`` holds ``position`` from the first to the last day, both included."""

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("employee")
    )
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("position")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
                violation_error_message=_("The end cannot be before the start."),
            ),
            ExclusionConstraint(
                name="appointment_once_at_a_time",
                expressions=[
                    (SameId("position"), RangeOperators.OVERLAPS),
                    (SameId("employee"), RangeOperators.OVERLAPS),
                    (DateSpan("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The person already holds this position on these dates."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} · {self.position}"
