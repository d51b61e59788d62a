"""When and to whom approved reports are sent."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import QuerySet

from config.lib.forms import ModusFormHelper
from kpis.indicators.models import ReportSchedule
from staff.accounts.models import User


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Only the shape of the input; `schedule_save` saves it."""

    class Meta:
        model = ReportSchedule
        fields = ["day", "hour", "recipients", "with_pdf", "with_xlsx", "is_active"]
        widgets = {"recipients": forms.CheckboxSelectMultiple()}

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[User]", self.fields["recipients"])
        field.queryset = people
        self.helper = ModusFormHelper()
        self.helper.layout = Layout(
            Div("day", "hour", css_class="field-row"),
            "recipients",
            "with_pdf",
            "with_xlsx",
            "is_active",
        )

    def _post_clean(self) -> None:
        """The row is checked by the service."""
