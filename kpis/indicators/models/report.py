"""The director's monthly report: what the head says about the month."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from staff.accounts.models import Scope, ScopedQuerySet


class MonthlyReport(PublicModel, Timestamped):
    """The verdict in three lines. An approved report closes its month: the verdict and the month's
    targets no longer change."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    achieved = models.CharField(_("What was achieved"), max_length=300, blank=True)
    cause = models.CharField(_("Why it differs from the plan"), max_length=300, blank=True)
    request = models.CharField(
        _("What decision is needed from the director"), max_length=300, blank=True
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "month"], name="report_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_first_day"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="report_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.month:%Y-%m}"

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    @property
    def lines(self) -> list[str]:
        """The lines that are written."""
        return [line for line in (self.achieved, self.cause, self.request) if line]
