"""What a KPI is: its meaning in words and its formula by time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from config.lib.text import BilingualName, pick
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.units import UnitKind


class Kpi(PublicModel, BilingualName):
    """A definition of the library. ``meaning``, ``source``, ``limits`` and ``mistakes`` hold both
    languages. ``decimals`` are digits shown (of percent for a share); ``position`` is its place on
    the dashboard and in the report.
    """

    class Level(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        MARKETER = "marketer", _("Marketer")
        CAMPAIGN = "campaign", _("Campaign")

    class Way(models.TextChoices):
        UP = Better.UP.value, _("more is better")
        DOWN = Better.DOWN.value, _("less is better")

    class Unit(models.TextChoices):
        MONEY = UnitKind.MONEY.value, _("money")
        MONEY_EACH = UnitKind.MONEY_EACH.value, _("money per piece")
        COUNT = UnitKind.COUNT.value, _("count")
        TIME = UnitKind.TIME.value, _("time")
        SHARE = UnitKind.SHARE.value, _("share, %")
        OTHER = UnitKind.OTHER.value, _("ratio of different units")

    class Plan(models.TextChoices):
        CALENDAR = PlanMethod.CALENDAR.value, _("by calendar days")
        WORKING = PlanMethod.WORKING.value, _("by working days")
        NONE = PlanMethod.NONE.value, _("the same on any day")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    level = models.CharField(
        _("level"), max_length=12, choices=Level.choices, default=Level.DEPARTMENT
    )
    better = models.CharField(_("which way is good"), max_length=4, choices=Way.choices)
    unit = models.CharField(_("unit"), max_length=12, choices=Unit.choices)
    decimals = models.PositiveSmallIntegerField(_("digits after the comma"), default=0)
    plan_method = models.CharField(_("plan to date"), max_length=8, choices=Plan.choices)
    meaning = models.JSONField(default=dict)
    source = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)
    mistakes = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decimals__lte=6),
                name="kpi_decimals_at_most_six",
                violation_error_message=_("At most six digits after the comma."),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("indicators:kpi-detail", args=[self.code])

    @property
    def meaning_text(self) -> str:
        return pick(self.meaning)

    @property
    def source_text(self) -> str:
        return pick(self.source)

    @property
    def limits_text(self) -> str:
        return pick(self.limits)

    @property
    def mistakes_text(self) -> str:
        return pick(self.mistakes)


class KpiVersion(models.Model):
    """The formula from ``valid_from`` (first day of a month) on, until the next version."""

    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="versions")
    formula = models.CharField(_("formula"), max_length=500)
    valid_from = models.DateField(_("effective from"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kpi", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "valid_from"],
                name="kpi_version_once_a_month",
                violation_error_message=_("The KPI already has a formula from this month on."),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__day=1),
                name="kpi_version_from_first_day",
                violation_error_message=_("A formula is valid from the first day of a month."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.valid_from}: {self.formula}"
