"""Forms of the KPI editor: shape only; `kpis.indicators.services.kpis` checks and writes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from config.lib.fields import month_widget
from config.lib.forms import ModusFormHelper
from config.lib.money import number
from kpis.indicators.engine.formula import MAX_LENGTH
from kpis.indicators.forms.targets import read_amount
from kpis.indicators.models import Kpi
from kpis.indicators.services.kpis import FIELDS, KpiPlan
from staff.accounts.models import User
from staff.accounts.selectors import colleagues

TEXTS = {
    "meaning": _("Meaning"),
    "source": _("Source"),
    "limits": _("Limits"),
    "mistakes": _("Usual mistakes"),
    "benchmark": _("Benchmark"),
}
PERCENTS = ("green_from", "amber_from", "cap")
LANGUAGES = {"ru": _("in Russian"), "en": _("in English")}


class PercentField(forms.CharField):
    """Typed in percent the way people write numbers, cleaned to a share."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=12, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return "" if value is None else number(Decimal(value) * 100)

    def clean(self, value: Any) -> Decimal:
        share = read_amount(super().clean(value)) / 100
        if not 0 <= share < 100:
            raise ValidationError(_("Between 0 and 9999 percent."))
        return share.quantize(Decimal("0.0001"))


def formula_field() -> forms.CharField:
    widget = forms.Textarea(
        attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
    )
    return forms.CharField(
        label=_("Formula"),
        max_length=MAX_LENGTH,
        widget=widget,
        help_text=_(
            "Metrics by their codes, other KPIs as @code, numbers, + − × ÷ and brackets. "
            "Each metric is added up first, the formula is applied once, last."
        ),
    )


class KpiForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Everything about a KPI but its formula. ``edits`` is what the second of two editors meets."""

    weights = forms.CharField(
        label=_("Weights of weekdays, Monday to Sunday"),
        required=False,
        help_text=_("Seven whole numbers, for example 1 1 1 1 2 3 0. For the plan by weights."),
    )
    green_from = PercentField(label=_("Green from, per cent of the plan"))
    amber_from = PercentField(label=_("Amber from, per cent of the plan"))
    cap = PercentField(label=_("Above cap from, %"))
    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Kpi
        fields = [
            "name_ru", "name_en", "level", "section", "better", "unit", "decimals", "plan_method",
            "span", "span_days", "maturity_days", "base", "green_from", "amber_from", "cap",
            "is_proportion", "min_sample", "is_informational", "is_main", "position", "owner",
        ]  # fmt: skip
        labels = {
            "name_ru": _("Name in Russian"),
            "name_en": _("Name in English"),
            "is_proportion": _("a share of cases: a small sample makes it uncertain"),
            "position": _("Place in the list"),
        }
        help_texts = {
            "span_days": _("Only for “a number of days up to its end”."),
            "maturity_days": _("0 for everything but cohorts."),
            "base": _("Only where the plan may be zero or negative."),
            "min_sample": _("With a smaller denominator the KPI is not rated."),
        }

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kpi: Kpi = self.instance
        for name, label in TEXTS.items():
            for code, language in LANGUAGES.items():
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label}, {language}",
                    required=False,
                    max_length=1000,
                    widget=forms.Textarea(attrs={"rows": 3}),
                    initial=getattr(kpi, name).get(code, ""),
                )
        self.initial["weights"] = " ".join(str(each) for each in kpi.weekday_weights)
        self.initial["edits"] = kpi.edits
        for name in PERCENTS:  # the defaults of a new KPI are texts
            self.initial[name] = Decimal(getattr(kpi, name))
        people = colleagues(viewer) | User.objects.filter(pk__in=[viewer.pk, kpi.owner_id or 0])
        owner = self.fields["owner"]
        owner.queryset = people.order_by("full_name").distinct()  # type: ignore[attr-defined]
        if kpi._state.adding:
            self.fields = {
                "code": forms.SlugField(
                    label=_("Code"),
                    max_length=40,
                    help_text=_("How formulas call it: small Latin letters, digits and _."),
                ),
                "formula": formula_field(),
                **self.fields,
            }

    @property
    def helper(self) -> ModusFormHelper:
        helper = ModusFormHelper()
        new = [Row(Column("code"), Column()), Field("formula")] if "formula" in self.fields else []
        helper.layout = Layout(
            "edits",
            Row(Column("name_ru"), Column("name_en")),
            *new,
            Row(Column("unit"), Column("decimals"), Column("better")),
            Row(Column("section"), Column("level"), Column("owner")),
            Row(Column("is_main", "is_informational"), Column("position")),
            Fieldset(
                _("Over which days"),
                Row(Column("span"), Column("span_days"), Column("maturity_days")),
            ),
            Fieldset(
                _("Plan and lamps"),
                Row(Column("plan_method"), Column("weights"), Column("base")),
                Row(Column("green_from"), Column("amber_from"), Column("cap")),
                Row(Column("is_proportion"), Column("min_sample")),
            ),
            Fieldset(
                _("What people read"),
                *(Row(Column(f"{name}_ru"), Column(f"{name}_en")) for name in TEXTS),
            ),
        )
        return helper

    def clean_weights(self) -> list[int]:
        found = re.findall(r"\d+", self.cleaned_data["weights"])
        if found and len(found) != 7:
            raise ValidationError(_("Seven whole numbers from Monday to Sunday."))
        return [int(each) for each in found]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("span") != Kpi.Span.TRAILING:
            values["span_days"] = None
        return values

    @property
    def plan(self) -> KpiPlan:
        """What was typed, for the service. Call after ``is_valid()``."""
        typed = self.cleaned_data
        values = {name: typed[name] for name in FIELDS if name in typed}
        values["weekday_weights"] = typed["weights"]
        for name in TEXTS:
            both = {code: typed[f"{name}_{code}"].strip() for code in LANGUAGES}
            values[name] = {code: text for code, text in both.items() if text}
        return KpiPlan(values)


class FormulaForm(forms.Form):
    """A new version of a formula."""

    formula = formula_field()
    valid_from = forms.DateField(
        label=_("Effective from"),
        widget=month_widget(),
        input_formats=["%Y-%m"],
        help_text=_("This month or a later one; a closed month keeps its formula."),
    )
    reason = forms.CharField(
        label=_("Why it changes"),
        max_length=250,
        required=False,
        help_text=_("Shown on the KPI's page and as a note on its chart."),
    )


class TrialForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What the preview needs of a form that is still being typed: nothing is required."""

    formula = forms.CharField(max_length=MAX_LENGTH, required=False)

    class Meta:
        model = Kpi
        fields = ["unit", "decimals", "better", "span", "span_days", "maturity_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def kpi(self, base: Kpi) -> Kpi:
        """``base`` with what could be read of the typed values; the rest stays."""
        self.is_valid()
        for name in self.Meta.fields:
            value = self.cleaned_data.get(name)
            if value not in (None, ""):
                setattr(base, name, value)
        if base.span == Kpi.Span.TRAILING and not base.span_days:
            base.span_days = 28
        return base
