"""A scorecard as a person fills it in: percents in, basis points out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from config.lib import money as figures
from config.lib.dates import add_months
from kpis.indicators.engine.scorecard import WHOLE
from kpis.indicators.forms.targets import MAX_LETTERS, read_amount
from kpis.indicators.models import Kpi, Scorecard, ScorecardLine
from kpis.indicators.services.scorecards import Draft

MONTHS_AHEAD = 12
PERCENT = Decimal(100)
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


def percent_typed(share: Decimal) -> str:
    """0.7 → ``70``, as a person types it."""
    return figures.number((share * PERCENT).normalize(), None)


def norm_typed(card: Scorecard | None) -> str:
    """``25 000``, as a person types it."""
    norm = card.bonus_norm if card else None
    return "" if norm is None else figures.number(norm)


def _amount(label: Any, initial: str = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MAX_LETTERS,
        required=False,
        initial=initial,
        widget=forms.TextInput(attrs=NUMBER),
        **more,
    )


class LineForm(forms.Form):
    """One KPI. A line without a KPI and a weight is blank."""

    kpi = forms.ChoiceField(label=_("KPI"), required=False)
    weight = _amount(_("Weight, %"))
    measured_by = forms.ChoiceField(
        label=_("Measured by"), choices=ScorecardLine.By.choices, required=False
    )
    threshold = _amount(_("Threshold, %"), "70")
    cap = _amount(_("Cap, %"), "120")

    def __init__(self, data: Any, *, kpis: dict[str, Kpi], of_person: bool, **kwargs: Any) -> None:
        super().__init__(data, use_required_attribute=False, **kwargs)
        self.kpis = kpis
        self.fields["kpi"].choices = kpi_choices(kpis.values())  # type: ignore[attr-defined]  # a ChoiceField
        if not of_person:
            del self.fields["measured_by"]
        for field in self.fields.values():
            choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if choice else "form-control"

    def clean_weight(self) -> int | None:
        """Basis points."""
        text = self.cleaned_data["weight"].strip()
        if not text:
            return None
        points = read_amount(text) * PERCENT
        if points != points.to_integral_value() or not 0 < points <= WHOLE:
            raise ValidationError(_("A weight is between 0.01 and 100 percent."))
        return int(points)

    def _share(self, name: str, default: str) -> Decimal:
        text = self.cleaned_data[name].strip()
        share = (read_amount(text) if text else Decimal(default)) / PERCENT
        if share != share.quantize(Decimal("0.0001")) or not 0 <= share <= 2:
            raise ValidationError(_("Between 0 and 200 percent."))
        return share

    def clean_threshold(self) -> Decimal:
        return self._share("threshold", "70")

    def clean_cap(self) -> Decimal:
        return self._share("cap", "120")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kpi") and data.get("weight") is None and "weight" not in self.errors:
            self.add_error("weight", _("How much does it weigh?"))
        if data.get("weight") and not data.get("kpi") and "kpi" not in self.errors:
            self.add_error("kpi", _("Which KPI is it?"))
        return data

    @property
    def typed_weight(self) -> int:
        """The weight as far as it can be read, for the running sum."""
        try:
            points = read_amount(str(self["weight"].value() or "0")) * PERCENT
        except ValidationError:
            return 0
        return int(points) if abs(points) <= WHOLE else 0

    def draft(self) -> Draft | None:
        data = self.cleaned_data
        if not data.get("kpi"):
            return None
        by = data.get("measured_by") or ScorecardLine.By.SUBJECTS.value
        return Draft(self.kpis[data["kpi"]], data["weight"], by, data["threshold"], data["cap"])


def kpi_choices(kpis: Iterable[Kpi]) -> list[Any]:
    """KPIs by section of the library."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for kpi in kpis:
        name = f"{kpi.number} {kpi.name}".strip()
        sections.setdefault(str(kpi.get_section_display()), []).append((kpi.code, name))
    return [("", _("not chosen")), *sections.items()]


class CardForm(forms.Form):
    """What concerns the whole scorecard."""

    valid_from = forms.ChoiceField(label=_("Effective from"))
    bonus_norm = _amount(
        _("Bonus norm, a month"),
        help_text=_("Paid for a result of 100 %, before tax. Empty: no bonus by this scorecard."),
    )
    reason = forms.CharField(
        label=_("Why the scorecard changes"),
        max_length=250,
        required=False,
        help_text=_("The person sees it beside the scorecard."),
    )

    def __init__(
        self, *args: Any, months: list[tuple[str, str]], of_person: bool, changing: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["valid_from"].choices = months  # type: ignore[attr-defined]  # a ChoiceField
        if not of_person:
            del self.fields["bonus_norm"]
        if not changing:
            del self.fields["reason"]

    def clean_valid_from(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["valid_from"])

    def clean_bonus_norm(self) -> Decimal | None:
        text = self.cleaned_data["bonus_norm"].strip()
        return read_amount(text) if text else None


def open_months(first: dt.date) -> list[dt.date]:
    """From ``first`` on, a year ahead."""
    return [add_months(first, step) for step in range(MONTHS_AHEAD + 1)]


class CardLines:
    """The lines of a scorecard in one form: those there are and blank ones up to ``rows``."""

    def __init__(
        self,
        data: Any,
        *,
        kpis: Iterable[Kpi],
        of_person: bool,
        rows: int,
        card: Scorecard | None,
    ) -> None:
        known = {kpi.code: kpi for kpi in kpis}
        stored = list(card.lines.all()) if card else []
        # An archived KPI of an old version is shown, so that nobody loses it unnoticed.
        known |= {line.kpi.code: line.kpi for line in stored}
        self.forms = [
            LineForm(
                data,
                kpis=known,
                of_person=of_person,
                prefix=f"line-{number}",
                initial=_initial(stored[number]) if number < len(stored) else None,
            )
            for number in range(max(rows, len(stored)))
        ]

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]  # every line shows its own faults
        for form in self.forms:
            for name in form.errors:
                if name in form.fields:
                    form.fields[name].widget.attrs["class"] += " is-invalid"
        return all(valid)

    @property
    def drafts(self) -> list[Draft]:
        found = (form.draft() for form in self.forms)
        return [draft for draft in found if draft is not None]

    @property
    def total(self) -> int:
        """Basis points typed so far."""
        return sum(form.typed_weight for form in self.forms)

    @property
    def total_text(self) -> str:
        return figures.percent(Decimal(self.total).scaleb(-4), 2 if self.total % 100 else 0)

    @property
    def rest_text(self) -> str:
        rest = Fraction(WHOLE - self.total, 100)
        return figures.signed(Decimal(rest.numerator) / rest.denominator)

    @property
    def is_whole(self) -> bool:
        return self.total == WHOLE


def _initial(line: ScorecardLine) -> dict[str, str]:
    return {
        "kpi": line.kpi.code,
        "weight": percent_typed(Decimal(line.weight).scaleb(-4)),
        "measured_by": line.measured_by,
        "threshold": percent_typed(line.threshold),
        "cap": percent_typed(line.cap),
    }


class DisputeForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The head answers; the answer stands beside the KPI."),
    )
