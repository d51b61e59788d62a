"""Days on which the office works or not against what the calendar of the country says."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Company


class CalendarDay(PublicModel, Timestamped):
    """One exception, of a ``company`` or (empty) of all of them; a company's own goes first."""

    company = models.ForeignKey(
        Company,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("company"),
    )
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("the office works"))
    note = models.CharField(_("why"), max_length=150, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["day", "company"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "day"], nulls_distinct=False, name="calendar_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


class CalendarVersion(models.Model):
    """One row whose ``token`` changes with every change of the days, so that a process sees by one
    cheap query whether what it remembers still holds."""

    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.token)
