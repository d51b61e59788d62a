"""A source's own figure of a whole period, for metrics whose days do not add up."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from kpis.register.models.metric import Metric
from staff.accounts.models import Scope, ScopedQuerySet


class WholeFigureQuerySet(ScopedQuerySet):
    def in_force(self) -> Self:
        """The newest row of every (scope, metric, period)."""
        what = ("scope_id", "metric_id", "first_day", "last_day")
        return self.order_by(*what, "-created_at", "-pk").distinct(*what)


class WholeFigure(PublicModel):
    """The reach of March as the cabinet gives it: it cannot be had from the days. Rows are only
    added, the newest one holds; ``value`` NULL withdraws the figure. ``scope`` is the place whose
    people were counted: a figure of a direction says nothing of its department. ``origin`` is where
    it was read.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(_("from day"))
    last_day = models.DateField(_("to day"))
    value = models.DecimalField(_("figure"), max_digits=24, decimal_places=6, null=True)
    origin = models.CharField(_("where it was read"), max_length=250)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WholeFigureQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "metric", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="whole_figure_days_in_order"
            )
        ]
        indexes = [models.Index(fields=["scope", "metric", "first_day"], name="whole_figure_of")]

    def __str__(self) -> str:
        return f"{self.metric} {self.first_day} – {self.last_day}"
