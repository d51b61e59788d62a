"""The fund tree of a department and the limits of its funds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import BilingualName
from departments.structure.models import Department
from staff.accounts.models import ScopedQuerySet


class FundQuerySet(ScopedQuerySet):
    scope_field = "department__scope"


class Fund(PublicModel, BilingualName, Timestamped):
    """A fund, an expense line inside a fund, or a pot a fund is split into; two levels.

    A line spends the fund's money, its own limit (if any) only narrows it. A fund with pots has no
    money of its own: its pots have. ``accrues``: what is not spent in a month stays for the later
    months of the year. ``model_code`` is the row of the ideal model ("H.F1"), "" for an own one.
    """

    class Kind(models.TextChoices):
        FUND = "fund", _("Fund")
        LINE = "line", _("Expense line")
        # Translators: one of the parts a fund is split into: the monthly, the annual one
        POT = "pot", _("Part of a fund")

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="funds", verbose_name=_("department")
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("inside the fund"),
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.FUND)
    accrues = models.BooleanField(_("the rest is kept until the end of the year"), default=False)
    model_code = models.CharField(max_length=8, blank=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = FundQuerySet.as_manager()

    class Meta:
        ordering = ["model_code", "name_ru"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "model_code"],
                condition=~Q(model_code=""),
                name="fund_once_in_department",
                violation_error_message=_("The department already has this fund of the model."),
            ),
            models.UniqueConstraint(
                fields=["department", "name_ru"],
                condition=Q(archived_at=None),
                name="fund_name_in_department",
                violation_error_message=_("The department already has a fund with this name."),
            ),
            models.CheckConstraint(
                condition=Q(kind="fund", parent=None) | (~Q(kind="fund") & Q(parent__isnull=False)),
                name="fund_part_has_parent",
                violation_error_message=_("A line or a part lies inside a fund, a fund in none."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("funds:fund-detail", args=[self.uid])

    @property
    def currency(self) -> str:
        return self.department.company.currency


class FundLimit(models.Model):
    """How much ``fund`` may spend in ``month`` (its first day). Rows are never changed: the newest
    one of a month counts, the others are its history."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="limits")
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("limit"), max_digits=14, decimal_places=2)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="fund_limit_not_negative",
                violation_error_message=_("A limit cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="fund_limit_of_whole_month",
                violation_error_message=_("A limit is set for a whole month."),
            ),
        ]
        # the newest limit of each month
        indexes = [models.Index(fields=["fund", "month", "-id"], name="fund_limit_newest")]

    def __str__(self) -> str:
        return f"{self.fund} · {self.month:%m.%Y}"
