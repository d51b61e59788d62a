"""The form of what is agreed about a stream."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.services.streams import LONGEST_HOURS


class AgreeForm(forms.Form):
    hours = forms.IntegerField(
        label=_("Agreed age, hours"),
        min_value=1,
        max_value=LONGEST_HOURS,
        help_text=_(
            "Older figures are marked as late everywhere. 26 suits what comes every night, "
            "170 what comes once a week."
        ),
    )
