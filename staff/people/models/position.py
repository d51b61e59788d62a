"""Positions of the staff list."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import BilingualName
from departments.structure.models import Department, Direction, Unit
from staff.accounts.models import Scope, ScopedQuerySet


class PositionQuerySet(ScopedQuerySet):
    def with_headcount(self, day: dt.date) -> Self:
        """``appointed``: how many people hold the position on ``day``."""
        now = Q(appointments__starts_on__lte=day) & (
            Q(appointments__ends_on=None) | Q(appointments__ends_on__gte=day)
        )
        return self.annotate(appointed=Count("appointments", filter=now))


class Position(PublicModel, BilingualName, Timestamped):
    """A place on the staff list. ``model_code`` is its row of the ideal model ("A.S1"), "" for
    an own one. ``scope`` is the direction's, or the department's outside the directions.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="positions", verbose_name=_("department")
    )
    direction = models.ForeignKey(
        Direction,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="positions",
        verbose_name=_("direction"),
    )
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="positions",
        verbose_name=_("unit"),
    )
    model_code = models.CharField(max_length=8, blank=True, editable=False)
    planned_headcount = models.PositiveSmallIntegerField(_("planned headcount"), default=1)

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["model_code", "name_ru"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "model_code"],
                condition=~Q(model_code=""),
                name="position_once_in_department",
                violation_error_message=_("The department already has this position of the model."),
            ),
            models.CheckConstraint(
                condition=Q(unit=None) | Q(direction__isnull=False),
                name="position_unit_in_direction",
                violation_error_message=_("A unit belongs to a direction: choose it too."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("people:position-detail", args=[self.uid])
