"""What an approved report was: its figures as they stood, kept for good."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.lib.models import PublicModel
from kpis.indicators.models.kpi import Kpi
from kpis.indicators.models.report import MonthlyReport


class ReportEdition(PublicModel):
    """One approval of a month's report. ``number`` counts approvals of the same month: a report
    that was reopened and approved again has a second edition, the first one is kept. ``head`` is
    all of the page besides the KPIs' lines, see `kpis.indicators.sheet`."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    head = models.JSONField(default=dict)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField()
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True)
    reopen_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["report_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="edition_once"),
            models.UniqueConstraint(
                fields=["report"], condition=Q(reopened_at=None), name="edition_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reopen_reason="")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason=""),
                name="edition_reopened_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.number}"

    @property
    def is_in_force(self) -> bool:
        return self.reopened_at is None


class ClosedFigure(models.Model):
    """A KPI as the edition shows it. Numbers are exact fractions as text (``7/3``), "" where there
    is none and ``body`` says why. ``formula`` is the text that was valid, ``weight`` its part in
    the department's total; ``body`` holds the whole line with its parts and the points drawn."""

    edition = models.ForeignKey(ReportEdition, on_delete=models.PROTECT, related_name="figures")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    formula = models.CharField(max_length=500)
    weight = models.PositiveIntegerField()
    fact = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    attained = models.TextField(blank=True)
    body = models.JSONField()

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kpi"], name="closed_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.kpi}"


class Correction(models.Model):
    """What became of a closed month's figure after its closing, told in a later month's report:
    ``before`` → ``after`` (exact fractions as text, "" for no value). The closed report itself
    stays as it was."""

    edition = models.ForeignKey(ReportEdition, on_delete=models.PROTECT, related_name="corrections")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ["edition_id", "month", "kpi_id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kpi", "month"], name="correction_once"),
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="correction_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kpi}: {self.before} → {self.after}"
