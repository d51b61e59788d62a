"""Typing targets the way people write numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.units import UnitKind
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.grid import Cell

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
    """``value`` in the shown unit; a share is typed in percent and cleaned to 0…1. A corridor has
    its ``upper`` edge, a plan by milestones a line for each of them."""

    value = forms.CharField(
        label=_("Target"),
        max_length=MAX_LETTERS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Empty: no target for this month."),
    )
    upper = forms.CharField(
        label=_("Upper edge"),
        max_length=MAX_LETTERS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Inside both edges the plan is kept."),
    )
    milestones = forms.CharField(
        label=_("Milestones"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line for each: the day and what is due by its end, 15.11.2026 40."),
    )
    reason = forms.CharField(
        label=_("Why the target changes"),
        max_length=250,
        required=False,
        help_text=_("Shown in the report's footnotes."),
    )

    def __init__(self, data: Any, *, cell: Cell) -> None:
        initial = {
            "value": cell.typed,
            "upper": cell.upper_typed,
            "milestones": cell.milestones_typed,
        }
        super().__init__(data, initial=initial)
        self.measure = cell.measure
        if cell.is_corridor:
            self.fields["value"].label = _("Lower edge")
        else:
            del self.fields["upper"]
        if not cell.has_milestones:
            del self.fields["milestones"]
        if cell.target is None:
            del self.fields["reason"]
        for name in ("value", "upper"):
            if name in self.fields and cell.measure.suffix:
                self.fields[name].label = f"{self.fields[name].label}, {cell.measure.suffix}"

    def _read(self, text: str) -> Decimal:
        value = read_amount(text)
        hundredths = self.measure.kind in {UnitKind.SHARE, UnitKind.POINTS}
        return value / 100 if hundredths else value

    def _edge(self, name: str) -> Decimal | None:
        text = self.cleaned_data[name].strip()
        return self._read(text) if text else None

    def clean_value(self) -> Decimal | None:
        return self._edge("value")

    def clean_upper(self) -> Decimal | None:
        return self._edge("upper")

    def clean_milestones(self) -> list[tuple[dt.date, Decimal]]:
        found = []
        for line in self.cleaned_data["milestones"].splitlines():
            if not line.strip():
                continue
            day, _space, due = line.strip().partition(" ")
            try:
                at = dt.datetime.strptime(day, "%d.%m.%Y").date()  # noqa: DTZ007  a date, no moment
            except ValueError as error:
                raise ValidationError(_("Begin each line with a day, 15.11.2026.")) from error
            found.append((at, self._read(due)))
        return found


class SplitForm(forms.Form):
    """A year's sum for one KPI."""

    kpi = forms.ChoiceField(label=_("KPI"))
    total = forms.CharField(
        label=_("Target of the whole year"),
        max_length=MAX_LETTERS,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        required=False,
        help_text=_("Needed where targets of the year change."),
    )

    def __init__(self, *args: Any, kpis: Iterable[Kpi], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpis = {
            kpi.code: kpi
            for kpi in kpis
            if kpi.plan_method != PlanMethod.NONE and kpi.better != Better.CORRIDOR
        }
        choices = [(code, kpi.name) for code, kpi in self.kpis.items()]
        self.fields["kpi"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_kpi(self) -> Kpi:
        return self.kpis[self.cleaned_data["kpi"]]

    def clean_total(self) -> Decimal:
        return read_amount(self.cleaned_data["total"])


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
