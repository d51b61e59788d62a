"""Targets: what a KPI should reach in a month. Rows are only added, the newest one holds."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from kpis.indicators.models.kpi import Kpi
from staff.accounts.models import Scope, ScopedQuerySet


class TargetQuerySet(ScopedQuerySet):
    def in_force(self) -> Self:
        """The newest row of every (kpi, scope, month)."""
        return self.order_by("kpi_id", "scope_id", "month", "-created_at", "-pk").distinct(
            "kpi_id", "scope_id", "month"
        )


class Target(PublicModel):
    """``value`` is in the KPI's unit, a share as 0…1; NULL withdraws the target. ``month`` is the
    month's first day. ``reason`` says why a later row replaced an earlier one."""

    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="targets")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    value = models.DecimalField(_("target"), max_digits=24, decimal_places=6, null=True)
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
                condition=models.Q(month__day=1),
                name="target_month_first_day",
                violation_error_message=_("A target belongs to a month."),
            ),
            models.CheckConstraint(
                condition=models.Q(value=None) | models.Q(value__gte=0),
                name="target_not_negative",
                violation_error_message=_("A target is not negative."),
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
