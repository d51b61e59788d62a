"""A figure of a whole period."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.fields import day_widget
from config.lib.forms import ModusFormHelper
from kpis.register import policies
from kpis.register.forms.figures import FigureField
from kpis.register.forms.source import ScopeField
from kpis.register.models import Metric
from staff.accounts.models import User


class WholeFigureForm(forms.Form):
    """Only the shape; `whole_figure_set` checks what it means."""

    scope = ScopeField(label=_("Whose"), help_text=_("The place whose people were counted."))
    metric = forms.ModelChoiceField(
        label=_("Metric"),
        queryset=Metric.objects.filter(agg_time=Metric.AggTime.NONE),
        to_field_name="code",
    )
    first_day = forms.DateField(label=_("From day"), widget=day_widget())
    last_day = forms.DateField(label=_("To day"), widget=day_widget())
    value = FigureField(
        label=_("Figure of the whole period"),
        required=False,
        help_text=_("Empty withdraws the figure entered before."),
    )
    origin = forms.CharField(
        label=_("Where it was read"),
        max_length=250,
        help_text=_("The cabinet's report or a document: others must be able to find it."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("ScopeField", self.fields["scope"]).offer(user, policies.RESULT_ENTER)
        metric = cast("forms.ModelChoiceField[Metric]", self.fields["metric"])
        named = sorted(metric.queryset or [], key=lambda item: item.name.casefold())
        metric.choices = [("", _("choose…")), *((item.code, item.name) for item in named)]
        self.helper = ModusFormHelper()
        days = Div("first_day", "last_day", css_class="field-row")
        self.helper.layout = Layout("scope", "metric", days, "value", "origin")
