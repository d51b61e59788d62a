"""What was spent, from which fund and for what."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.funds.models.fund import Fund
from staff.accounts.models import ScopedQuerySet


class ExpenseQuerySet(ScopedQuerySet):
    scope_field = "fund__department__scope"

    def kept(self) -> Self:
        return self.filter(cancelled_at=None)


class Expense(PublicModel, Timestamped):
    """Money spent on ``day`` (the company's calendar), in the company's currency. A mistake is
    cancelled with a reason and stays visible."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="expenses", verbose_name=_("fund")
    )
    day = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    purpose = models.CharField(_("what for"), max_length=250)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    document_url = models.URLField(_("link to the document"), max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("who wrote it down"),
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("why cancelled"), max_length=250, blank=True, editable=False)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="expense_is_positive",
                violation_error_message=_("The amount must be more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancel_reason=""),
                name="expense_cancelled_with_reason",
                violation_error_message=_("Say why the expense is cancelled."),
            ),
        ]
        # sums of a fund's months, the fund's page
        indexes = [models.Index(fields=["fund", "day"], name="expense_of_fund")]

    def __str__(self) -> str:
        return self.purpose

    def get_absolute_url(self) -> str:
        return reverse("funds:expense-detail", args=[self.uid])
