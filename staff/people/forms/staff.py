"""Forms of the staff. Services decide; here only the shape of the input."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.structure.models import Department, Direction, Unit
from staff.accounts.models import User
from staff.people.models import Absence, Employee, Position
from staff.people.selectors import free_users


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def _set_rows(form: forms.Form, name: str, rows: Any) -> None:
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


class PositionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic over the model
    def label_from_instance(self, obj: Position) -> str:
        return f"{obj.model_code} {obj.name}".strip()


class EmployeeForm(forms.Form):
    """Who the person is, and which user they log in as."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    hired_on = day_field(_("Hired on"))
    user = forms.ModelChoiceField(
        label=_("User"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        help_text=_("Who the person logs in as. Empty: they do not log in."),
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        employee: Employee | None = kwargs.pop("employee", None)
        super().__init__(*args, **kwargs)
        _set_rows(self, "user", free_users(department, employee))


class HireForm(EmployeeForm):
    """Hiring, with the first appointment when a position is chosen."""

    position = PositionField(
        label=_("Position"), queryset=Position.objects.none(), to_field_name="uid", required=False
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, department=department, **kwargs)
        _set_rows(self, "position", department.positions.all())
        self.initial.setdefault("hired_on", timezone.localdate())


class LeaveForm(forms.Form):
    last_day = day_field(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=250, required=False)


class AppointForm(forms.Form):
    position = PositionField(
        label=_("Position"), queryset=Position.objects.none(), to_field_name="uid"
    )
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_rows(self, "position", employee.department.positions.all())
        self.initial.setdefault("starts_on", timezone.localdate())


class EndForm(forms.Form):
    last_day = day_field(_("Last day in the position"))
    reason = forms.CharField(label=_("Reason"), max_length=250, required=False)


class AbsenceForm(forms.Form):
    kind = forms.ChoiceField(label=_("Reason"), choices=Absence.Kind.choices)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"))
    comment = forms.CharField(label=_("Comment"), max_length=250, required=False)


class PositionForm(forms.Form):
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=250)
    name_en = forms.CharField(label=_("Name in English"), max_length=250, required=False)
    direction = forms.ModelChoiceField(
        label=_("Direction"), queryset=Direction.objects.none(), required=False
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False)
    planned_headcount = forms.IntegerField(
        label=_("Planned headcount"), min_value=0, max_value=999, initial=1
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_rows(self, "direction", department.directions.all())
        _set_rows(self, "unit", Unit.objects.filter(direction__department=department))
