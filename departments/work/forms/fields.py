"""Form fields of the time log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from departments.work.duration import parse_minutes
from departments.work.proofs import ACCEPT, proof_check


class MinutesField(forms.CharField):
    """Time as people type it; gives minutes, None for nothing."""

    def __init__(self, **kwargs: Any) -> None:
        # Translators: ways to type a length of time, shown inside an empty field
        hint = _("30, 1:20, 1h20m")
        attrs = {"placeholder": hint, "autocomplete": "off", "inputmode": "text"}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(**{"max_length": 20, "widget": widget, **kwargs})

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_minutes(typed)
        except ValueError:
            message = _("Write the time as 30 (minutes), 1:20, 1h20m or 1.5 (hours).")
            raise ValidationError(message, code="duration") from None


class ProofField(forms.FileField):
    """A photo or a PDF. On a phone the camera is offered too."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": ACCEPT})
        super().__init__(**{"required": False, "widget": widget, "max_length": 250, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> UploadedFile[Any] | None:
        upload: UploadedFile[Any] | None = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        try:
            proof_check(upload)
        except Invalid as error:
            raise ValidationError(str(error.message), code=error.code) from None
        return upload


def proof_url_field() -> forms.URLField:
    return forms.URLField(
        label=_("Link to the proof"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
