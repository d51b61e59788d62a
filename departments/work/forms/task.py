"""The form of an operational task."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.forms import ModusFormHelper
from departments.structure.blueprint import Frequency, Rhythm
from departments.structure.models import Department, Unit
from departments.work.forms.fields import MinutesField
from departments.work.models import OperationalTask
from departments.work.models.task import RHYTHM_FIELDS, FrequencyChoice
from departments.work.services.tasks import TaskPlan
from staff.people.models import Position

# Which of the rhythm's fields each frequency needs; the others are emptied.
NEEDS: dict[str, tuple[str, ...]] = {
    FrequencyChoice.DAILY: (),
    FrequencyChoice.WEEKLY: ("weekday",),
    FrequencyChoice.MONTHLY: ("month_day",),
    FrequencyChoice.QUARTERLY: ("month_day", "quarter_month"),
    FrequencyChoice.ON_EVENT: ("working_days",),
}


class PositionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic over the model
    def label_from_instance(self, obj: Position) -> str:
        return f"{obj.model_code} {obj.name}".strip()


class TaskForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    """Shape of the input; `departments.work.services.tasks` writes."""

    minutes = MinutesField(label=_("Planned time"))

    class Meta:
        model = OperationalTask
        fields = [
            "name_ru",
            "name_en",
            *RHYTHM_FIELDS,
            "due_time",
            "direction",
            "unit",
            "position",
            "employee",
            "minutes",
            "evidence_required",
            "is_active",
            "checklist_ru",
            "checklist_en",
            "trigger_ru",
            "trigger_en",
        ]
        field_classes = {"position": PositionField}
        labels = {"name_ru": _("Name in Russian"), "name_en": _("Name in English")}
        widgets = {
            "due_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "checklist_ru": forms.Textarea(attrs={"rows": 3}),
            "checklist_en": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "month_day": _("For monthly and quarterly tasks; 1 to 28."),
            "quarter_month": _("For quarterly tasks; 1 to 3."),
            "working_days": _("For tasks on an event."),
            "weekday": _("For weekly tasks."),
        }

    helper = ModusFormHelper()
    helper.layout = Layout(
        Row(Column("name_ru"), Column("name_en")),
        Fieldset(
            _("Rhythm"),
            Row(Column("frequency"), Column("due_time")),
            Row(Column("weekday"), Column("month_day", "last_working_day")),
            Row(Column("quarter_month"), Column("working_days")),
        ),
        Fieldset(
            _("Responsible"),
            Row(Column("direction"), Column("unit")),
            Row(Column("position"), Column("employee")),
            Row(Column("minutes"), Column("evidence_required", "is_active")),
        ),
        Fieldset(
            _("A good result"),
            Row(Column("checklist_ru"), Column("checklist_en")),
            Row(Column("trigger_ru"), Column("trigger_en")),
        ),
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {
            "direction": department.directions.all(),
            "unit": Unit.objects.filter(direction__department=department),
            "position": department.positions.all(),
            "employee": department.employees.filter(left_on=None),
        }
        for name, queryset in rows.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = queryset

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        frequency = values.get("frequency", "")
        needed = set(NEEDS.get(frequency, ()))
        if "month_day" in needed and values.get("last_working_day"):
            needed.discard("month_day")
        elif "month_day" not in needed:
            values["last_working_day"] = False
        for name in ("weekday", "month_day", "quarter_month", "working_days"):
            if name not in needed:
                values[name] = None
            elif not values.get(name) and name not in self.errors:
                self.add_error(name, _("This rhythm needs it."))
        return values

    def _post_clean(self) -> None:
        """The service validates the row, with the constraints; here only the shape of the input."""

    @property
    def plan(self) -> TaskPlan:
        """What a valid form says."""
        values = dict(self.cleaned_data)
        parts = {name: values.pop(name) for name in RHYTHM_FIELDS}
        rhythm = Rhythm(**(parts | {"frequency": Frequency(parts["frequency"])}))
        return TaskPlan(rhythm=rhythm, **values)
