"""Form fields and widgets as every form of the product has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

DAY = "%Y-%m-%d"
MINUTE = "%Y-%m-%dT%H:%M"


def day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format=DAY)


def moment_widget() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)


def month_widget() -> forms.DateInput:
    """A browser's month picker; the field's input format is ``%Y-%m``."""
    return forms.DateInput(attrs={"type": "month"}, format="%Y-%m")


class MoneyField(forms.DecimalField):
    """An amount as people of the reader's language type it: "1 234,56"."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            **{"max_digits": 14, "decimal_places": 2, "localize": True, "widget": widget, **kwargs}
        )


def choose(
    form: forms.BaseForm, name: str, rows: Any, label: Callable[[Any], str] | None = None
) -> None:
    """Give the model choice field ``name`` its rows; a required choice of one is not asked.

    ``label`` words a row where its own name does not tell it from the others.
    """
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  a mistake of the form's author
    field.queryset = rows
    if label is not None:
        field.label_from_instance = label  # type: ignore[method-assign, assignment]  # Django's own hook
    if field.required and len(only := list(rows[:2])) == 1:
        form.initial[name] = form.initial.get(name) or only[0].pk
        field.widget = forms.HiddenInput()
