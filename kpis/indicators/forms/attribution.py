"""Forms of attribution: the period, versions of the rule, channels, codes, a word on an order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.dates import month_first
from config.lib.forms import DayInput
from departments.structure.models import Department, Direction
from kpis.indicators.engine.attribution import Model
from kpis.indicators.models import AttributionRule, ChannelRule, OrderOverride, PublicCode
from kpis.indicators.models.attribution import MODELS
from kpis.register.models import Subject

MAX_DAYS = 800


class PeriodForm(forms.Form):
    """Both days included; ``other`` is the model to compare with."""

    first = forms.DateField(label=_("From day"), widget=DayInput())
    last = forms.DateField(label=_("To day"), widget=DayInput())
    other = forms.ChoiceField(
        label=_("Compare with"), choices=[("", _("nothing")), *MODELS], required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not dt.timedelta(0) <= last - first <= dt.timedelta(days=MAX_DAYS):
            self.add_error("last", _("The last day comes after the first, at most 800 days."))
        return data

    def model(self) -> Model | None:
        """Call after ``is_valid()``."""
        other = self.cleaned_data["other"]
        return Model(other) if other else None


class MonthInput(DayInput):
    """The browser's choice of a month."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.format = "%Y-%m"


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    valid_from = forms.DateField(
        label=_("Effective from month"), widget=MonthInput(), input_formats=["%Y-%m", "%Y-%m-%d"]
    )
    assist_only = forms.CharField(
        label=_("Channels that only assist"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line for each, * stands for anything: retargeting*, brand search."),
    )
    reason = forms.CharField(label=_("Why the rule changes"), max_length=250)

    field_order = ["valid_from", "model", "window_hours", "half_life_days", "assist_only"]

    class Meta:
        model = AttributionRule
        fields = ["valid_from", "model", "window_hours", "half_life_days", "leak_uses"]
        help_texts = {
            "window_hours": _("How long before the order a touch still counts: 720 is 30 days."),
            "half_life_days": _("For the model by age: a touch so old weighs half."),
            "leak_uses": _(
                "A code with at least so many uses, more than 30 per cent of them after other "
                "channels, is taken for a public one."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = self.initial.get("assist_only")
        if isinstance(only, list):
            self.initial["assist_only"] = "\n".join(only)

    def clean_valid_from(self) -> dt.date:
        return month_first(self.cleaned_data["valid_from"])

    def clean_assist_only(self) -> list[str]:
        return list(self.cleaned_data["assist_only"].splitlines())

    def _post_clean(self) -> None:
        """A version is made by the service, which checks it."""


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = ChannelRule
        fields = [
            "kind",
            "pattern",
            "medium",
            "campaign",
            "is_channel",
            "channel",
            "direction",
            "subject",
            "is_single",
        ]
        help_texts = {
            "pattern": _(
                "The source tag, the code, the number, the name or the site. * stands for anything."
            ),
            "medium": _("For tags of a link; empty asks nothing."),
            "campaign": _("For tags of a link; empty asks nothing."),
            "is_channel": _("Off for what only tells who the buyer is, a loyalty card."),
            "is_single": _("For codes. A code of several placements only assists."),
        }

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        directions, subjects = self.fields["direction"], self.fields["subject"]
        directions.queryset = Direction.objects.filter(department=department)  # type: ignore[attr-defined]  # a model's choice
        found = Subject.objects.filter(
            scope__path__startswith=department.company.scope.path,
            merged_into=None,
            kind__in=["channel", "campaign", "placement", "mailing", "series", "event", "line"],
        )
        subjects.queryset = found.order_by("kind", "label")  # type: ignore[attr-defined]  # a model's choice

    def _post_clean(self) -> None:
        """The service checks it: by the department, not by the form."""


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=80)
    state = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (PublicCode.State.PUBLIC.value, _("public: only assists")),
            (PublicCode.State.CLEARED.value, _("not public: counts as evidence")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        help_text=_("Where it was found, or why its uses are all right."),
    )


class OverrideForm(forms.Form):
    channel = forms.CharField(
        label=_("Channel"),
        max_length=120,
        required=False,
        help_text=_("Empty takes an earlier word back: the evidence counts again."),
    )
    direction = forms.ModelChoiceField(
        label=_("Direction"), queryset=Direction.objects.none(), required=False
    )
    reason = forms.CharField(label=_("Why the evidence is wrong"), max_length=250)

    def __init__(
        self,
        *args: Any,
        directions: list[int],
        names: list[str],
        word: OrderOverride | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["direction"]
        field.queryset = Direction.objects.filter(pk__in=directions)  # type: ignore[attr-defined]  # a model's choice
        self.names = names
        self.fields["channel"].widget.attrs.update({"list": "channel-names"})
        if word is not None:
            self.initial.setdefault("channel", word.channel)
            self.initial.setdefault("direction", word.direction_id)
