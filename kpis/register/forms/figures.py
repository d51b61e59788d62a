"""Figures as people type or paste them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kpis.register.files.decimals import is_blank, parse_number
from kpis.register.files.errors import CellError
from kpis.register.files.limits import LARGEST


class FigureField(forms.CharField):
    """A figure in either way of writing: "1 234,56", "1,234.56", with or without a currency."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "max_length": 40, **kwargs})

    def clean(self, value: Any) -> Any:
        """A Decimal, None for an empty one that need not be filled in."""
        text = super().clean(value)
        try:
            return read_figure(text)
        except CellError:
            raise forms.ValidationError(_("This is not a number.")) from None


def read_figure(text: str) -> Decimal | None:
    """A figure as people type it; None for an empty cell. Where one sign before three digits proves
    nothing, a point is decimal, and a comma too except for English readers. Raises `CellError`."""
    if is_blank(text):
        return None
    try:
        found = parse_number(text)
    except CellError as error:
        if error.code != "number_ambiguous":
            raise
        english = (translation.get_language() or "").startswith("en")
        found = parse_number(text, decimal="." if "." in text or english else ",")
    if found.percent or abs(found.value) >= LARGEST:
        raise CellError("not_number")
    return found.value
