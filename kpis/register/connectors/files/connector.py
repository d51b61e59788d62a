"""The file source: it has settings and a place among the sources, but nothing to call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.errors import ConfigError

# Where files of a watched folder go afterwards.
LOADED, REFUSED = "loaded", "refused"
RESERVED = frozenset({LOADED, REFUSED})


class FileSettingsForm(forms.Form):
    currency = forms.ChoiceField(
        label=_("Currency of money columns"),
        choices=[("RUB", "₽ RUB"), ("USD", "$ USD"), ("EUR", "€ EUR"), ("KZT", "₸ KZT")],
        initial="RUB",
    )
    time_zone = forms.CharField(
        label=_("Time zone of the dates"), initial="Europe/Moscow", max_length=64
    )
    folder = forms.CharField(
        label=_("Watched folder"),
        required=False,
        max_length=120,
        help_text=_(
            "Below the common folder of the installation, for example shop/orders. A file put "
            "there is loaded within two minutes. Empty: files are loaded by hand only."
        ),
    )
    template = forms.CharField(
        label=_("Template for its files"),
        required=False,
        max_length=40,
        help_text=_("Load one file by hand first and save its columns as a template."),
    )

    def clean_folder(self) -> str:
        """The way down from the common folder; never a way out of it."""
        parts = self.cleaned_data["folder"].strip().strip("/").split("/")
        if parts == [""]:
            return ""
        if any(not part.strip() or part.startswith(".") or part in RESERVED for part in parts):
            raise forms.ValidationError(
                _("Enter a name or names with / between them, none of which begins with a point.")
            )
        if any(letter in "\\\0" for letter in "".join(parts)):
            raise forms.ValidationError(_("Use / between the names of folders."))
        return "/".join(parts)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("folder") and not data.get("template"):
            self.add_error("template", _("Choose how the files of the folder are to be read."))
        return data


class FileConnector:
    """Keeps to `connectors.base.Connector`; files are loaded by `services.imports`."""

    kind: ClassVar[str] = "file"
    label: ClassVar[StrOrPromise] = _("Files (CSV, XLSX)")
    group: ClassVar[Group] = Group.OTHER
    gives: ClassVar[StrOrPromise] = _(
        "Any report as a file: columns are matched with metrics once."
    )
    secret_fields: ClassVar[tuple[str, ...]] = ()
    settings_form: ClassVar[type[forms.Form]] = FileSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = (
        _("A file replaces the days it covers; the same file twice changes nothing."),
    )

    def __init__(self, account: Account) -> None:
        self._settings = account.settings

    def streams(self) -> tuple[Stream, ...]:
        """Nothing is read on schedule."""
        return ()

    def time_zone(self) -> str:
        return str(self._settings.get("time_zone") or "Europe/Moscow")

    def check(self) -> Iterator[CheckItem]:
        yield CheckItem(
            "upload", _("Loading files"), ok=True, detail=_("Nothing to connect to: load a file.")
        )

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        raise ConfigError(_("A file source is fed by files: load one."))

    def close(self) -> None:
        """Nothing is open."""
