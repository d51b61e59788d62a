"""Targets: what a KPI should reach in a month. Rows are only added, the newest one holds."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from kpis.indicators.models.kpi import Kpi
from kpis.register.models import Subject
from staff.accounts.models import Scope, ScopedQuerySet
from staff.people.models import Employee


class TargetQuerySet(ScopedQuerySet):
    def in_force(self) -> Self:
        """The newest row of every (kpi, holder, month)."""
        holder = ("kpi_id", "scope_id", "employee_id", "subject_id", "month")
        return self.order_by(*holder, "-created_at", "-pk").distinct(*holder)


class Target(PublicModel):
    """``value`` is in the KPI's unit, a share as 0…1; NULL withdraws the target. ``month`` is the
    month's first day. ``reason`` says why a later row replaced an earlier one.

    It holds for the department or direction of ``scope``, or for one ``employee`` or ``subject``
    (a campaign) of it. ``upper`` is the upper edge of a corridor that begins at ``value``;
    ``milestones`` are pairs [ISO day, value due by it] for plans by milestones.
    """

    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="targets")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    value = models.DecimalField(_("target"), max_digits=24, decimal_places=6, null=True)
    upper = models.DecimalField(_("upper edge"), max_digits=24, decimal_places=6, null=True)
    milestones = models.JSONField(default=list)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["month", "kpi", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="target_month_first_day",
                violation_error_message=_("A target belongs to a month."),
            ),
            models.CheckConstraint(
                condition=Q(upper=None) | Q(upper__gte=F("value")),
                name="target_corridor_in_order",
                violation_error_message=_("The upper edge is not below the lower one."),
            ),
            models.CheckConstraint(
                condition=Q(employee=None) | Q(subject=None),
                name="target_one_holder",
            ),
        ]
        indexes = [
            # the newest row per KPI and month: dashboard, report, grid
            models.Index(
                fields=["scope", "month", "kpi", "-created_at"], name="target_of_scope_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kpi} · {self.month:%m.%Y}"
