"""Operational tasks: what is done again and again, in which rhythm and by whom."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import BilingualName, pick
from departments.structure.blueprint import Frequency, Rhythm
from departments.structure.models import Department, Direction, Unit
from departments.work.duration import DAY_MINUTES
from staff.accounts.models import Scope, ScopedQuerySet
from staff.people.models import Employee, Position


class FrequencyChoice(models.TextChoices):
    DAILY = Frequency.DAILY.value, _("Every working day")
    WEEKLY = Frequency.WEEKLY.value, _("Weekly")
    MONTHLY = Frequency.MONTHLY.value, _("Monthly")
    QUARTERLY = Frequency.QUARTERLY.value, _("Quarterly")
    ON_EVENT = Frequency.ON_EVENT.value, _("On an event")


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


RHYTHM_FIELDS = (
    "frequency",
    "weekday",
    "month_day",
    "last_working_day",
    "quarter_month",
    "working_days",
)
BY_MONTH = Q(frequency__in=[FrequencyChoice.MONTHLY, FrequencyChoice.QUARTERLY])
# A comparison with NULL lets a row pass, hence the explicit "is not NULL".
MONTH_DAY_OR_LAST = Q(
    month_day__isnull=False, month_day__range=(1, 28), last_working_day=False
) | Q(month_day=None, last_working_day=True)


class OperationalTask(PublicModel, BilingualName, Timestamped):
    """The definition of a recurring task; `Occurrence` is one time it is due.

    ``model_code`` is its row of the ideal model ("A.O8"), "" for an own one. The rhythm fields
    mean what `blueprint.Rhythm` says. ``due_time`` is local to the company, ``minutes`` the
    planned effort of one time. No occurrence is made for a day before ``active_from``.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("department")
    )
    direction = models.ForeignKey(
        Direction,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("direction"),
    )
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("unit"),
    )
    model_code = models.CharField(max_length=8, blank=True, editable=False)

    frequency = models.CharField(_("rhythm"), max_length=10, choices=FrequencyChoice.choices)
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), null=True, blank=True, choices=Weekday.choices
    )
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    last_working_day = models.BooleanField(_("on the last working day"), default=False)
    quarter_month = models.PositiveSmallIntegerField(
        _("month of the quarter"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3)],
    )
    working_days = models.PositiveSmallIntegerField(
        _("working days after the event"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    due_time = models.TimeField(_("due at"), default=dt.time(17))
    active_from = models.DateField(_("in force from"))

    position = models.ForeignKey(
        Position,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("responsible position"),
    )
    employee = models.ForeignKey(
        Employee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("responsible employee"),
        help_text=_("Given, it outweighs the position."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("planned minutes"), validators=[MinValueValidator(1), MaxValueValidator(DAY_MINUTES)]
    )
    evidence_required = models.BooleanField(_("cannot be finished without a proof"), default=False)
    checklist_ru = models.TextField(_("a good result, in Russian"), blank=True)
    checklist_en = models.TextField(_("a good result, in English"), blank=True)
    trigger_ru = models.CharField(_("the event, in Russian"), max_length=250, blank=True)
    trigger_en = models.CharField(_("the event, in English"), max_length=250, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["model_code", "name_ru"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "model_code"],
                condition=~Q(model_code=""),
                name="task_once_in_department",
                violation_error_message=_("The department already has this task of the model."),
            ),
            models.CheckConstraint(
                condition=Q(
                    frequency=FrequencyChoice.WEEKLY, weekday__isnull=False, weekday__range=(1, 7)
                )
                | (~Q(frequency=FrequencyChoice.WEEKLY) & Q(weekday=None)),
                name="task_weekday_when_weekly",
                violation_error_message=_("A weekly task has a day of the week, and only it."),
            ),
            models.CheckConstraint(
                condition=(BY_MONTH & MONTH_DAY_OR_LAST)
                | (~BY_MONTH & Q(month_day=None, last_working_day=False)),
                name="task_month_day_when_monthly",
                violation_error_message=_(
                    "A monthly or quarterly task has a day of the month from 1 to 28, or the last "
                    "working day."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    frequency=FrequencyChoice.QUARTERLY,
                    quarter_month__isnull=False,
                    quarter_month__range=(1, 3),
                )
                | (~Q(frequency=FrequencyChoice.QUARTERLY) & Q(quarter_month=None)),
                name="task_quarter_month_when_quarterly",
                violation_error_message=_("A quarterly task has a month of the quarter, 1 to 3."),
            ),
            models.CheckConstraint(
                condition=Q(
                    frequency=FrequencyChoice.ON_EVENT,
                    working_days__isnull=False,
                    working_days__range=(1, 60),
                )
                | (~Q(frequency=FrequencyChoice.ON_EVENT) & Q(working_days=None)),
                name="task_working_days_when_on_event",
                violation_error_message=_("A task on an event is due some working days after it."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, DAY_MINUTES)),
                name="task_minutes_in_a_day",
                violation_error_message=_("Planned minutes are from 1 to 1440."),
            ),
        ]
        # occurrences_create: tasks in force of one department
        indexes = [models.Index(fields=["department", "is_active"], name="task_in_force")]

    def get_absolute_url(self) -> str:
        return reverse("work:task-detail", args=[self.uid])

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(
            Frequency(self.frequency),
            weekday=self.weekday,
            month_day=self.month_day,
            last_working_day=self.last_working_day,
            quarter_month=self.quarter_month,
            working_days=self.working_days,
        )

    @property
    def checklist(self) -> str:
        """What a good result is, in the active language."""
        ru, en = self.checklist_ru or self.checklist_en, self.checklist_en or self.checklist_ru
        return pick({"ru": ru, "en": en})

    @property
    def trigger(self) -> str:
        """The event that calls for the task, in the active language; "" for other rhythms."""
        ru, en = self.trigger_ru or self.trigger_en, self.trigger_en or self.trigger_ru
        return pick({"ru": ru, "en": en})
