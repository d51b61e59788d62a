"""What a KPI is: its meaning in words and its formula by time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from config.lib.text import BilingualName, pick
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.span import SpanKind
from kpis.indicators.engine.units import UnitKind


class Kpi(PublicModel, BilingualName):
    """A definition of the library or of the department's own (``is_own``). ``meaning``, ``source``,
    ``limits`` and ``mistakes`` hold both languages. ``decimals`` are digits shown (of percent for a
    share); ``position`` is its place on the dashboard and in the report.

    The value of a period is the formula over the period itself (``span`` period), over
    ``span_days`` days that end with it, today not included (trailing), or over the month, quarter
    or year up to its end (to date). A cohort is judged ``maturity_days`` after the period ends.

    ``base`` is what attainment is counted from where the plan may be zero or negative;
    ``green_from``, ``amber_from`` and ``cap`` are attainments. ``is_informational``: shown, never
    weighed. ``is_proportion``: a share of cases, so a small sample is uncertain; ``min_sample`` is
    the least denominator. An archived KPI is kept for history and no longer shown.
    ``edits`` counts how often people changed it: the second of two editors is told, and what people
    wrote is not replaced when the library is installed again.
    """

    class Level(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        MARKETER = "marketer", _("Marketer")
        CAMPAIGN = "campaign", _("Campaign")

    class Section(models.TextChoices):
        DEPARTMENT = "department", _("Department as a whole")
        CHANNELS = "channels", _("A. Placing information on channels")
        PROGRAMMES = "programmes", _("B. Client programmes")
        MAILINGS = "mailings", _("C. Mailings and targeted events")
        STAFF = "staff", _("Employees")
        CAMPAIGN = "campaign", _("Campaigns")
        FUNDS = "funds", _("Funds")

    class Kind(models.TextChoices):
        SIMPLE = "simple", _("simple: one metric")
        RATIO = "ratio", _("ratio: sum divided by sum")
        DERIVED = "derived", _("derived from other metrics or KPIs")
        CUMULATIVE = "cumulative", _("cumulative")
        COHORT = "cohort", _("cohort")

    class Way(models.TextChoices):
        UP = Better.UP.value, _("more is better")
        DOWN = Better.DOWN.value, _("less is better")
        CORRIDOR = Better.CORRIDOR.value, _("inside a corridor")

    class Unit(models.TextChoices):
        MONEY = UnitKind.MONEY.value, _("money")
        MONEY_EACH = UnitKind.MONEY_EACH.value, _("money per piece")
        COUNT = UnitKind.COUNT.value, _("count")
        TIME = UnitKind.TIME.value, _("time")
        SHARE = UnitKind.SHARE.value, _("share, %")
        TIMES = UnitKind.TIMES.value, _("times, ×")
        POINTS = UnitKind.POINTS.value, _("points")
        OTHER = UnitKind.OTHER.value, _("ratio of different units")

    class Plan(models.TextChoices):
        CALENDAR = PlanMethod.CALENDAR.value, _("by calendar days")
        WORKING = PlanMethod.WORKING.value, _("by working days")
        WEIGHTS = PlanMethod.WEIGHTS.value, _("by weights of weekdays")
        MILESTONES = PlanMethod.MILESTONES.value, _("by milestones")
        NONE = PlanMethod.NONE.value, _("the same on any day")

    class Span(models.TextChoices):
        PERIOD = SpanKind.PERIOD.value, _("the period itself")
        TRAILING = SpanKind.TRAILING.value, _("a number of days up to its end")
        MONTH = SpanKind.MONTH.value, _("month to date")
        QUARTER = SpanKind.QUARTER.value, _("quarter to date")
        YEAR = SpanKind.YEAR.value, _("year to date")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    number = models.CharField(_("number in the library"), max_length=8, blank=True, default="")
    level = models.CharField(
        _("level"), max_length=12, choices=Level.choices, default=Level.DEPARTMENT
    )
    section = models.CharField(
        _("section"), max_length=12, choices=Section.choices, default=Section.DEPARTMENT
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.SIMPLE)
    better = models.CharField(_("which way is good"), max_length=8, choices=Way.choices)
    unit = models.CharField(_("unit"), max_length=12, choices=Unit.choices)
    decimals = models.PositiveSmallIntegerField(_("digits after the comma"), default=0)
    plan_method = models.CharField(_("plan to date"), max_length=10, choices=Plan.choices)
    weekday_weights = models.JSONField(_("weights of weekdays, Monday first"), default=list)
    span = models.CharField(
        _("counted over"), max_length=8, choices=Span.choices, default=Span.PERIOD
    )
    span_days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    maturity_days = models.PositiveSmallIntegerField(_("days until a cohort is mature"), default=0)
    base = models.DecimalField(
        _("attainment is counted from"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    green_from = models.DecimalField(max_digits=6, decimal_places=4, default=1)
    amber_from = models.DecimalField(max_digits=6, decimal_places=4, default="0.9")
    cap = models.DecimalField(max_digits=6, decimal_places=4, default="1.2")
    is_proportion = models.BooleanField(default=False)
    min_sample = models.PositiveIntegerField(_("least sample"), default=0)
    is_informational = models.BooleanField(_("informational, never weighed"), default=False)
    is_own = models.BooleanField(default=False, editable=False)
    is_main = models.BooleanField(_("on the dashboard and in the report"), default=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    meaning = models.JSONField(default=dict)
    source = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)
    mistakes = models.JSONField(default=dict)
    benchmark = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    edits = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decimals__lte=6),
                name="kpi_decimals_at_most_six",
                violation_error_message=_("At most six digits after the comma."),
            ),
            models.CheckConstraint(
                # A check lets through what it cannot tell: NULL must be named.
                condition=Q(span="trailing", span_days__isnull=False, span_days__gte=1)
                | ~Q(span="trailing") & Q(span_days=None),
                name="kpi_trailing_has_days",
                violation_error_message=_("Say over how many days, and only for a number of days."),
            ),
            models.CheckConstraint(
                condition=Q(amber_from__lte=F("green_from")) & Q(green_from__lte=F("cap")),
                name="kpi_thresholds_in_order",
                violation_error_message=_("Amber begins below green, green below the cap."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("indicators:kpi-detail", args=[self.code])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

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

    @property
    def benchmark_text(self) -> str:
        return pick(self.benchmark)


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
