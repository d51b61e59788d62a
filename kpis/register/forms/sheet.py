"""Choosing what is entered by hand, and reading what was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.fields import month_widget
from kpis.register.files.decimals import parse_number
from kpis.register.files.errors import CellError
from kpis.register.forms.figures import read_figure
from kpis.register.models import Metric, Source, Subject
from kpis.register.selectors.sheets import (
    BY_HAND,
    metrics_offered,
    sources_for_hand,
    subjects_offered,
)
from kpis.register.services.sheets import Cell
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_METRICS = 12
NEW = "new"
USUAL = (Subject.Kind.CHANNEL, Subject.Kind.PLACEMENT)
KINDS = [
    (kind.value, kind.label)
    for kind in (*USUAL, *(kind for kind in Subject.Kind if kind in BY_HAND - {*USUAL}))
]


class SheetForm(forms.Form):
    """What the grid is about. A new subject has a kind and a name; it is made when the first
    figures are saved."""

    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), to_field_name="uid", empty_label=None
    )
    month = forms.DateField(label=_("Month"), input_formats=["%Y-%m"], widget=month_widget())
    subject = forms.ChoiceField(label=_("What the figures are about"))
    new_kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    new_name = forms.CharField(label=_("Name"), max_length=250, required=False)
    metric = forms.MultipleChoiceField(label=_("Metrics"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, user: User, source: Source | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        wanted = (data or self.initial).get("subject", "")
        cast("forms.ModelChoiceField[Source]", self.fields["source"]).queryset = sources_for_hand(
            user
        )
        first, others = metrics_offered(source) if source else ([], [])
        groups = [(_("Usual here"), first), (_("All metrics"), others)]
        choices = [(label, [(m.code, m.name) for m in group]) for label, group in groups if group]
        cast("forms.MultipleChoiceField", self.fields["metric"]).choices = choices
        self.known = subjects_offered(user, source, str(wanted)) if source else []
        named = [
            (str(item.uid), f"{item.label} · {item.get_kind_display()}") for item in self.known
        ]
        subject = cast("forms.ChoiceField", self.fields["subject"])
        subject.choices = [*named, (NEW, _("New…"))]

    def clean_metric(self) -> list[Metric]:
        codes = self.cleaned_data["metric"]
        if len(codes) > MAX_METRICS:
            raise forms.ValidationError(_("Choose fewer metrics: the grid would be too wide."))
        words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
        return [words[code] for code in codes]

    def clean_month(self) -> dt.date:
        month: dt.date = self.cleaned_data["month"]
        if month > timezone.localdate():
            raise forms.ValidationError(_("This month has not come yet."))
        return month

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("subject") == NEW and not data.get("new_name", "").strip():
            self.add_error("new_name", _("Name what the figures are about."))
        return data

    @property
    def chosen_subject(self) -> Subject | None:
        """The existing subject; None for a new one."""
        wanted = self.cleaned_data["subject"]
        return next((item for item in self.known if str(item.uid) == wanted), None)


@dataclass
class Typed:
    """What came back from a grid: cells to save, the texts as typed, what cannot be read."""

    cells: list[Cell] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, StrOrPromise] = field(default_factory=dict)
    problem: StrOrPromise = ""


def cell_name(metric: str, day: dt.date) -> str:
    """How the service and the page call one cell."""
    return f"{metric}:{day.isoformat()}"


def read_grid(data: Mapping[str, str], metrics: list[Metric], days: list[dt.date]) -> Typed:
    """The cells of a sent grid: ``v:`` what stands in it, ``s:`` what stood there when shown."""
    found = Typed()
    for metric in metrics:
        for day in days:
            name = cell_name(metric.code, day)
            if f"v:{name}" not in data:
                continue
            text = data[f"v:{name}"]
            found.texts[name] = text
            try:
                seen = _kept(data.get(f"s:{name}", ""))
                typed = read_figure(text)
            except CellError:
                found.errors[name] = _("This is not a number.")
                continue
            found.cells.append(Cell(metric.code, day, seen, typed))
    return found


def _kept(text: str) -> Decimal | None:
    return parse_number(text, decimal=".").value if text else None
