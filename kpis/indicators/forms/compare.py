"""Which two periods are compared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.fields import day_widget
from kpis.indicators.engine.periods import Period
from kpis.indicators.selectors.compare import Against, counterpart

MAX_DAYS = 800
RULES = [
    (Against.BEFORE.value, _("as many days right before")),
    (Against.YEAR.value, _("the same dates last year")),
    (Against.WEEKDAYS.value, _("the same weekdays, 364 days ago")),
    (Against.DATES.value, _("other dates")),
]


class CompareForm(forms.Form):
    first = forms.DateField(label=_("From"), widget=day_widget())
    last = forms.DateField(label=_("until"), widget=day_widget())
    against = forms.ChoiceField(label=_("Compare with"), choices=RULES)
    other_first = forms.DateField(label=_("Other dates: from"), widget=day_widget(), required=False)
    other_last = forms.DateField(label=_("until"), widget=day_widget(), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self._in_order("first", "last")
        if found.get("against") == Against.DATES:
            for name in ("other_first", "other_last"):
                if found.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Say which dates to compare with."))
            self._in_order("other_first", "other_last")
        return found

    def _in_order(self, first: str, last: str) -> None:
        one, other = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if one is None or other is None:
            return
        if other < one:
            self.add_error(last, _("The end lies before the beginning."))
        elif (other - one).days >= MAX_DAYS:
            self.add_error(last, _("At most 800 days can be compared."))

    def periods(self) -> tuple[Period, Period]:
        """(the period, what it is compared with). Only of a valid form."""
        data = self.cleaned_data
        now = Period(data["first"], data["last"])
        if data["against"] == Against.DATES:
            return now, Period(data["other_first"], data["other_last"])
        return now, counterpart(now, Against(data["against"]))


def compare_default(month: dt.date, today: dt.date) -> dict[str, object]:
    """The month to date against as many days of the month before."""
    last = today - dt.timedelta(days=1)
    return {"first": month, "last": max(last, month), "against": Against.BEFORE.value}
