"""Typing targets the way people write numbers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from kpis.indicators.engine.units import UnitKind
from kpis.indicators.measure import Measure

_DROPPED = str.maketrans("", "", " \u00a0\u202f₽$€¥₸%'")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")
MAX_LETTERS = 40


def read_amount(text: str) -> Decimal:
    """``1 234 567,89 ₽``, ``2.5 %``, ``1,234.50`` → Decimal. Raises ValidationError.

    Where the reader's format groups by commas, ``7,500`` is seven and a half thousand.
    """
    plain = text.translate(_DROPPED).replace("−", "-")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma > -1 and point > -1:  # the later one is the decimal sign
        plain = plain.replace("." if comma > point else ",", "")
    elif get_format("THOUSAND_SEPARATOR") == "," and _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise ValidationError(_("Write a number, for example 1 250 000 or 2,5.")) from error
    if not value.is_finite() or "e" in plain.lower():
        raise ValidationError(_("Write a number, for example 1 250 000 or 2,5."))
    return value


class TargetForm(forms.Form):
    """``value`` in the shown unit; a share is typed in percent and cleaned to 0…1."""

    value = forms.CharField(
        label=_("Target"),
        max_length=MAX_LETTERS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Empty: no target for this month."),
    )
    reason = forms.CharField(
        label=_("Why the target changes"),
        max_length=250,
        required=False,
        help_text=_("Shown in the report's footnotes."),
    )

    def __init__(self, *args: Any, measure: Measure, changing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure
        if measure.suffix:
            self.fields["value"].label = f"{self.fields['value'].label}, {measure.suffix}"
        if not changing:
            del self.fields["reason"]

    def clean_value(self) -> Decimal | None:
        text = self.cleaned_data["value"].strip()
        if not text:
            return None
        value = read_amount(text)
        return value / 100 if self.measure.kind is UnitKind.SHARE else value


class CopyForm(forms.Form):
    """Growth over last year's facts, in percent."""

    growth = forms.CharField(
        label=_("Growth over last year, %"),
        max_length=MAX_LETTERS,
        initial="10",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean_growth(self) -> Decimal:
        return read_amount(self.cleaned_data["growth"])
