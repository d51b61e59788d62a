"""A comparison with the cabinet, and agreeing to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.fields import day_widget
from config.lib.forms import ModusFormHelper
from kpis.register import policies
from kpis.register.forms.figures import FigureField
from kpis.register.models import Metric, Source
from kpis.register.selectors.explore import metrics_seen
from staff.accounts.models import User

HUNDRED = 100


class ReconciliationForm(forms.Form):
    """``tolerance`` is typed in per cent; `hundredths` is what the service takes."""

    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), to_field_name="uid"
    )
    metric = forms.ModelChoiceField(
        label=_("Metric"), queryset=Metric.objects.none(), to_field_name="code"
    )
    first_day = forms.DateField(label=_("From day"), widget=day_widget())
    last_day = forms.DateField(label=_("To day"), widget=day_widget())
    cabinet = FigureField(
        label=_("In the cabinet"),
        help_text=_("The total of the same days on the source's own pages."),
    )
    tolerance = FigureField(
        label=_("Tolerance, %"),
        initial="1",
        help_text=_("A difference up to this part of the cabinet's figure needs no explanation."),
    )
    note = forms.CharField(
        label=_("Explanation"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = Source.objects.visible_to(user, policies.RECONCILE).order_by("name")
        cast("forms.ModelChoiceField[Source]", self.fields["source"]).queryset = sources
        metric = cast("forms.ModelChoiceField[Metric]", self.fields["metric"])
        metric.queryset = metrics_seen(user)
        named = sorted(metric.queryset, key=lambda item: item.name.casefold())
        metric.choices = [("", _("choose…")), *((item.code, item.name) for item in named)]
        self.helper = ModusFormHelper()
        days = Div("first_day", "last_day", css_class="field-row")
        ours = HTML('{% include "register/_ours_live.html" %}')
        self.helper.layout = Layout(
            "source",
            "metric",
            days,
            ours,
            Div("cabinet", "tolerance", css_class="field-row"),
            "note",
        )

    def clean_tolerance(self) -> Decimal:
        """Per cent, exact to hundredths."""
        value: Decimal = self.cleaned_data["tolerance"]
        if not 0 <= value <= HUNDRED or value * HUNDRED % 1:
            raise forms.ValidationError(_("From 0 to 100, with two digits after the comma."))
        return value

    def hundredths(self) -> int:
        return int(self.cleaned_data["tolerance"] * HUNDRED)


class SignForm(forms.Form):
    """The explanation is asked for where the difference is beyond the tolerance."""

    note = forms.CharField(
        label=_("Explanation"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
