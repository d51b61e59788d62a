"""The verdict: three lines the head writes; and why an approved report is opened again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.indicators.models import MonthlyReport


class VerdictForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Only the shape of the input; `report_write` saves it."""

    class Meta:
        model = MonthlyReport
        fields = ["achieved", "cause", "request"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 2, "maxlength": 300})
            for name in ("achieved", "cause", "request")
        }


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.Textarea(attrs={"rows": 2})
    )
