"""Fields that settings forms of connectors have in common."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib import http


class AddressField(forms.CharField):
    """An http(s) address without a name and password; blanks and the last slash go."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=300, **kwargs)

    def clean(self, value: Any) -> str:
        """The address as it is stored."""
        typed = str(super().clean(value)).strip()
        if typed and "://" not in typed:
            typed = f"https://{typed}"
        try:
            http.check_url(typed)
            urlsplit(typed)
        except (http.UrlRefused, ValueError) as error:
            raise forms.ValidationError(
                _("Enter an http or https address without a name and password in it.")
            ) from error
        return typed.rstrip("/")


class SecretField(forms.CharField):
    """A write-only secret. Empty keeps the saved one; whoever saves the form asks for a first."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
        super().__init__(**{"required": False, "max_length": 500, "widget": widget, **kwargs})


def zones() -> list[tuple[str, str]]:
    """Every zone that is a place, and UTC."""
    return [
        (name, name)
        for name in sorted(zoneinfo.available_timezones())
        if name == "UTC" or ("/" in name and not name.startswith(("Etc/", "SystemV/")))
    ]


class ZoneField(forms.ChoiceField):
    """The zone a source cuts its days by."""

    def __init__(self, **kwargs: Any) -> None:
        choices: Callable[[], list[tuple[str, str]]] = zones
        super().__init__(**{"choices": choices, "initial": "Europe/Moscow", **kwargs})
