"""Our total against the cabinet's, and who has agreed to the difference."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from kpis.register.models.metric import Metric
from kpis.register.models.source import Source
from staff.accounts.models import ScopedQuerySet


class ReconciliationQuerySet(ScopedQuerySet):
    scope_field = "source__scope"


class Reconciliation(PublicModel, Timestamped):
    """One comparison. ``ours`` is what the register held when it was made; ``tolerance`` hundredths
    of a per cent of the cabinet's figure."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="reconciliations")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    ours = models.DecimalField(max_digits=24, decimal_places=6)
    cabinet = models.DecimalField(_("in the cabinet"), max_digits=24, decimal_places=6)
    tolerance = models.PositiveIntegerField(_("tolerance"), default=100)
    note = models.TextField(_("explanation"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="reconciliation_days_in_order",
            )
        ]
        indexes = [models.Index(fields=["source", "-created_at"], name="reconciliation_newest")]

    def get_absolute_url(self) -> str:
        return reverse("register:reconciliation-detail", args=[self.uid])

    def __str__(self) -> str:
        return f"{self.source} {self.first_day}…{self.last_day}"
