"""Giving a file: which source it belongs to, or a new file source on the spot."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.layout import Div, Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.lib.forms import ModusFormHelper
from config.lib.text import filled
from kpis.register import policies
from kpis.register.connectors.files.connector import FileSettingsForm
from kpis.register.forms.source import ScopeField, name_taken
from kpis.register.models import Source
from kpis.register.registry import FILE_KIND
from staff.accounts.models import User


class UploadForm(forms.Form):
    """Either ``source`` is chosen, or ``new_name`` and ``scope`` make one."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("New source…"),
        help_text=_("Files of one report go into one source: a newer file replaces its days."),
    )
    new_name = forms.CharField(
        label=_("Name of the new source"),
        max_length=150,
        required=False,
        help_text=_("For example “Shop orders, 1C”. Only for a new source."),
    )
    scope = ScopeField(label=_("Whose is the new source"), required=False)
    currency = forms.ChoiceField(
        label=_("Currency of the new source"),
        choices=FileSettingsForm.base_fields["currency"].choices,  # type: ignore[attr-defined]  # a ChoiceField
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        sources = Source.objects.visible_to(user, policies.IMPORT).filter(kind=FILE_KIND)
        choice = cast("forms.ModelChoiceField[Source]", self.fields["source"])
        choice.queryset = sources
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = filled(
            _("CSV, XLSX or fixed-width text, up to %(limit)s MB."), limit=limit
        )
        if user.can(policies.SOURCE_MANAGE):
            cast("ScopeField", self.fields["scope"]).offer(user, policies.SOURCE_MANAGE)
        else:
            for name in ("new_name", "scope", "currency"):
                del self.fields[name]
            choice.required, choice.empty_label = True, None
        first_two = list(sources[:2])
        if len(first_two) == 1 and not self.initial.get("source"):
            self.initial["source"] = first_two[0].uid
        self.helper = ModusFormHelper()
        new = [name for name in ("new_name", "scope", "currency") if name in self.fields]
        self.helper.layout = Layout("file", "source", Div(*new, css_class="new-source"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.IMPORT_MAX_BYTES:
            limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB.") % {"limit": limit}
            )
        if not file.size:
            raise forms.ValidationError(_("The file is empty."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("source") and "new_name" in self.fields:
            if not data.get("new_name"):
                self.add_error("new_name", _("Name the new source or choose one above."))
            if not data.get("scope"):
                self.add_error("scope", _("Say whose the new source is."))
            if name_taken(data.get("scope"), data.get("new_name")):
                self.add_error("new_name", _("There is already a source with this name."))
        return data
