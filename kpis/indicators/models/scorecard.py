"""Scorecards: which KPIs a department, a person or a campaign answers for, and how they weigh."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from departments.work.models import Decision
from kpis.indicators.models.kpi import Kpi
from kpis.register.models import Subject
from staff.accounts.models import Scope, ScopedQuerySet
from staff.people.models import Employee


class ScorecardQuerySet(ScopedQuerySet):
    def in_force(self, month: dt.date) -> Self:
        """The version of every holder that holds in ``month``."""
        holder = ("scope_id", "employee_id", "subject_id")
        rows = self.filter(valid_from__lte=month)
        return rows.order_by(*holder, "-valid_from", "-version").distinct(*holder)


class Scorecard(PublicModel):
    """One version, valid from the month ``valid_from`` until a later one. Rows are only added.

    It belongs to the department (or direction) of ``scope``, or to one ``employee`` or ``subject``
    (a campaign) of it. ``bonus_norm`` is what a person gets a month for a result of 100 %, in the
    company's currency before tax; NULL: no bonus by this scorecard.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(
        Employee, null=True, on_delete=models.PROTECT, related_name="scorecards"
    )
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("effective from"))
    version = models.PositiveSmallIntegerField(_("version"))
    bonus_norm = models.DecimalField(_("bonus norm"), max_digits=14, decimal_places=2, null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["scope", "-valid_from", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "employee", "subject", "version"],
                name="scorecard_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(valid_from__day=1), name="scorecard_from_first_day"),
            models.CheckConstraint(
                condition=Q(employee=None) | Q(subject=None), name="scorecard_one_holder"
            ),
            models.CheckConstraint(
                condition=Q(bonus_norm=None) | Q(bonus_norm__gte=0, employee__isnull=False),
                name="scorecard_norm_of_person",
                violation_error_message=_("A bonus norm belongs to a person and is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee or self.subject or self.scope} v{self.version}"


class ScorecardLine(models.Model):
    """One KPI of a scorecard. ``weight`` is in basis points, 10 000 together. An attainment below
    ``threshold`` counts as nothing, one above ``cap`` as the cap."""

    class By(models.TextChoices):
        SUBJECTS = "subjects", _("own channels, campaigns and tasks")
        DIRECTION = "direction", _("the whole direction")
        SCOPE = "scope", _("the whole department")

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="lines")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="scorecard_lines")
    weight = models.PositiveSmallIntegerField(_("weight"))
    threshold = models.DecimalField(_("threshold"), max_digits=6, decimal_places=4, default="0.7")
    cap = models.DecimalField(_("cap"), max_digits=6, decimal_places=4, default="1.2")
    position = models.PositiveSmallIntegerField(default=0)
    measured_by = models.CharField(
        _("measured by"), max_length=10, choices=By.choices, default=By.SUBJECTS
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "kpi"],
                name="scorecard_kpi_once",
                violation_error_message=_("A KPI stands on a scorecard once."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=10_000), name="scorecard_weight_in_whole"
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0, threshold__lte=F("cap")),
                name="scorecard_threshold_below_cap",
                violation_error_message=_("The threshold is not above the cap."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.weight}"


class KpiDispute(PublicModel):
    """A person's objection to a figure of their scorecard: a question to the head, who answers on
    the list of decisions."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="kpi_disputes")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    text = models.CharField(_("what is wrong"), max_length=500)
    decision = models.OneToOneField(
        Decision, null=True, on_delete=models.PROTECT, related_name="kpi_dispute"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "kpi", "month"],
                condition=Q(state="open"),
                name="dispute_once_open",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="dispute_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.employee} · {self.kpi} {self.month:%m.%Y}"
