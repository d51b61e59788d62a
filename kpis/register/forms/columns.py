"""The mapping step of an import: what every column means and how the file is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.files import FileShape, Mapping, MappingError
from kpis.register.files.dates import FORMATS
from kpis.register.forms.roles import mapping_values, role_choices, role_label, roles_of
from kpis.register.models import FileImport

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TARGETS: tuple[tuple[str, StrOrPromise], ...] = (
    ("results", _("Daily figures: a number per day")),
    ("orders", _("Orders: a row per purchase")),
)
TOTALS: tuple[tuple[str, StrOrPromise], ...] = (
    ("skip", _("leave out")),
    ("refuse", _("treat as errors")),
)
DUPLICATES: tuple[tuple[str, StrOrPromise], ...] = (
    ("refuse", _("treat as errors")),
    ("sum", _("add up")),
    ("keep_last", _("keep the last")),
)
ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1251", "Windows-1251"),
    ("cp866", "CP866 (DOS)"),
    ("koi8-r", "KOI8-R"),
    ("cp1252", "Windows-1252"),
)
DELIMITERS: tuple[tuple[str, StrOrPromise], ...] = (
    (";", _("semicolon ;")),
    (",", _("comma ,")),
    # A bare tab would be stripped from the posted value.
    ("tab", _("tab")),
    ("|", _("bar |")),
)
ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Novosibirsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
    "Asia/Almaty",
    "Europe/Minsk",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "UTC",
)
AS_FOUND: tuple[str, StrOrPromise] = ("", _("as recognised"))


class ColumnsForm(forms.Form):
    """``shape`` is the file as it is to be read; the columns' fields are ``column_0``,
    ``column_1``…

    ``shown`` says for which target and columns the page was drawn: when either has changed since,
    the posted meanings no longer fit and the suggested ones are taken.
    """

    target = forms.ChoiceField(
        label=_("What is in the file"), choices=TARGETS, widget=forms.RadioSelect
    )
    date_format = forms.ChoiceField(label=_("How dates are written"), required=False)
    decimal = forms.ChoiceField(
        label=_("Decimal sign"),
        required=False,
        choices=[AS_FOUND, (",", _("comma: 1 234,56")), (".", _("point: 1,234.56"))],
    )
    time_zone = forms.ChoiceField(label=_("Time zone of the dates"))
    totals = forms.ChoiceField(label=_("Total rows"), choices=TOTALS)
    duplicates = forms.ChoiceField(label=_("Rows with the same key"), choices=DUPLICATES)
    percent = forms.BooleanField(label=_("Numbers may have a percent sign"), required=False)
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[AS_FOUND, *ENCODINGS]
    )
    delimiter = forms.ChoiceField(
        label=_("Columns are separated by"), required=False, choices=[AS_FOUND, *DELIMITERS]
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(
        label=_("Row with column names"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=_("Empty: as recognised; 0: the file has no column names."),
    )
    policy = forms.ChoiceField(
        label=_("If some rows are wrong"),
        choices=FileImport.Policy.choices,
        widget=forms.RadioSelect,
    )
    save_as = forms.CharField(
        label=_("Save as template"),
        required=False,
        max_length=120,
        help_text=_("Under this name the choice can be applied to the next file of the same form."),
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, shape: FileShape, mapping: Mapping, policy: str) -> None:
        self.shape = shape
        self.suggested = mapping
        initial = _initial(mapping) | {"policy": policy}
        super().__init__(data, initial=initial)
        target = mapping.target
        roles = roles_of(mapping, shape.names)
        choices = role_choices(target)
        for place, column in enumerate(shape.columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=column.name, choices=choices, required=False, initial=roles[column.name]
            )
        self.initial["shown"] = drawn_for(target, shape)
        self._offer(mapping)

    def _offer(self, mapping: Mapping) -> None:
        """Choices that depend on the file."""
        zones = sorted({*ZONES, mapping.time_zone}, key=str)
        set_choices(self.fields["time_zone"], [(zone, zone) for zone in zones])
        ambiguous = any(column.is_ambiguous for column in self.shape.columns)
        first = ("", _("choose…")) if ambiguous else AS_FOUND
        set_choices(
            self.fields["date_format"], [first, *((name, written(name)) for name in FORMATS)]
        )
        set_choices(self.fields["sheet"], [AS_FOUND, *((name, name) for name in self.shape.sheets)])
        if self.shape.kind == "xlsx":
            del self.fields["encoding"], self.fields["delimiter"]
        else:
            del self.fields["sheet"]
            if self.shape.kind == "fixed":
                del self.fields["delimiter"]

    def columns(self) -> Iterator[tuple[Any, Any]]:
        """(shape of the column, its bound field) in the order of the file."""
        for place, column in enumerate(self.shape.columns):
            yield column, self[f"column_{place}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for place, column in enumerate(self.shape.columns):
            role = data.get(f"column_{place}")
            if not role:
                continue
            if role in seen:
                text = _("The column “%(column)s” already has this meaning.")
                self.add_error(f"column_{place}", text % {"column": seen[role]})
            seen.setdefault(role, column.name)
        return data

    def mapping(self) -> Mapping:
        """What has been chosen so far, complete or not. Call after ``is_valid()``."""
        data = self.cleaned_data
        chosen = [
            (column.name, data.get(f"column_{place}") or "")
            for place, column in enumerate(self.shape.columns)
        ]
        return Mapping(
            target=self.suggested.target,
            **mapping_values(chosen),
            **overrides(data),
            decimal=data.get("decimal") or None,
            date_format=data.get("date_format") or None,
            percent=bool(data.get("percent")),
            time_zone=data.get("time_zone") or self.suggested.time_zone,
            totals=data.get("totals") or "skip",
            duplicates=data.get("duplicates") or "refuse",
        )

    def add_problem(self, problem: MappingError) -> None:
        """A problem of the mapping, at the field where it is put right."""
        if problem.code == "date_format_not_chosen":
            self.add_error("date_format", problem.message)
        else:
            self.add_error(None, problem_text(problem, self.suggested.target))


def problem_text(problem: MappingError, target: str) -> str:
    """The problem in words of this page."""
    if problem.code != "column_not_chosen":
        return problem.message
    field = str(problem.params["field"])
    if field == "metrics":
        return str(_("Say of at least one column which metric it holds."))
    return str(_("Choose the column: %(role)s.") % {"role": role_label(field, target)})


def overrides(data: Any) -> dict[str, Any]:
    """What replaces the recognised form; ``data`` is a posted or a cleaned form."""
    row = str(data.get("header_row") if data.get("header_row") is not None else "")
    delimiter = data.get("delimiter") or None
    return {
        "encoding": data.get("encoding") or None,
        "delimiter": "\t" if delimiter == "tab" else delimiter,
        "sheet": data.get("sheet") or None,
        "header_row": int(row) if row.isascii() and row.isdigit() else None,
    }


def drawn_for(target: str, shape: FileShape) -> str:
    """A mark of the target and the columns a page was drawn for."""
    return sha256("\x1f".join((target, *shape.names)).encode()).hexdigest()


def written(name: str) -> str:
    """The format by an example: ``31.12.2026``."""
    order, separator, digits = FORMATS[name]
    day = date(2026, 12, 31)
    parts = {"d": f"{day:%d}", "m": f"{day:%m}", "y": f"{day:%Y}"[-digits:]}
    return separator.join(parts[letter] for letter in order)


def set_choices(field: forms.Field, choices: Any) -> None:
    field.choices = choices  # type: ignore[attr-defined]  # only given choice fields


def _initial(mapping: Mapping) -> dict[str, Any]:
    names = ("target", "date_format", "decimal", "time_zone", "totals", "duplicates", "percent")
    form = ("encoding", "sheet", "header_row")
    delimiter = "tab" if mapping.delimiter == "\t" else mapping.delimiter
    return {name: getattr(mapping, name) for name in (*names, *form)} | {"delimiter": delimiter}
