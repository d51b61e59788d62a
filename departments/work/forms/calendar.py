"""The form of one day of the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.forms import DayInput
from departments.structure.models import Company

WORKS = [("0", _("day off")), ("1", _("working day"))]


class CalendarDayForm(forms.Form):
    """``companies`` are those the person may change; without ``for_all`` one must be chosen."""

    company = forms.ModelChoiceField(
        label=_("Company"), queryset=Company.objects.none(), to_field_name="uid", required=False
    )
    day = forms.DateField(label=_("Day"), widget=DayInput())
    is_working = forms.TypedChoiceField(
        label=_("What it is"), choices=WORKS, coerce=lambda value: value == "1"
    )
    note = forms.CharField(
        label=_("Why"),
        max_length=150,
        help_text=_("A decree, a decision of the company. Everybody sees it."),
    )

    def __init__(self, *args: Any, companies: list[Company], for_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["company"]
        field.required = not for_all
        rows = Company.objects.filter(pk__in=[company.pk for company in companies])
        field.queryset = rows  # type: ignore[attr-defined]  # a model's choice
        field.empty_label = _("all companies") if for_all else None  # type: ignore[attr-defined]
