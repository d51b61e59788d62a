"""Employees of a department."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Department
from staff.accounts.models import ScopedQuerySet, User
from staff.accounts.models.scope import within


class EmployeeQuerySet(ScopedQuerySet):
    scope_field = "department__scope"

    def visible_to(self, user: User, right: str) -> Self:
        """Employees of departments in scope, those appointed in a direction in it, oneself."""
        if user.is_superuser:
            return self
        from staff.people.models.appointment import Appointment

        paths = user.paths_with(right)
        in_direction = Appointment.objects.filter(
            within(paths, "position__scope"), employee=OuterRef("pk")
        )
        return self.filter(within(paths, self.scope_field) | Exists(in_direction) | Q(user=user))

    def employed_on(self, day: dt.date) -> Self:
        return self.filter(hired_on__lte=day).filter(Q(left_on=None) | Q(left_on__gte=day))

    def away_on(self, day: dt.date) -> Self:
        """Those absent on ``day``."""
        return self.filter(absences__starts_on__lte=day, absences__ends_on__gte=day)


class Employee(PublicModel, Timestamped):
    """A person on the staff, who may or may not log in. ``left_on`` is the last day."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="employee",
        verbose_name=_("user"),
    )
    full_name = models.CharField(_("full name"), max_length=150)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="employees", verbose_name=_("department")
    )
    hired_on = models.DateField(_("hired on"))
    left_on = models.DateField(_("last day"), null=True, blank=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("hired_on")),
                name="employee_leaves_after_hired",
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]
        indexes = [models.Index(fields=["department", "full_name"], name="employee_list")]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("people:employee-detail", args=[self.uid])
