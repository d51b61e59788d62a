"""What a person enters to connect a listmonk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField


class ListmonkSettingsForm(forms.Form):
    base_url = AddressField(
        label=_("Address of listmonk"),
        help_text=_("As in the browser, for example https://mail.example.com"),
    )
    username = forms.CharField(
        label=_("API user"),
        max_length=100,
        help_text=_("In listmonk: Admin → Users → New, type API. It needs to read campaigns and "
                    "lists."),
    )  # fmt: skip
    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("Days of mailings are cut in this zone.")
    )
    lists = forms.BooleanField(label=_("Read the sizes of lists"), required=False, initial=True)
    access_token = SecretField(
        label=_("Access token"), help_text=_("listmonk shows it once, when the user is made.")
    )

    def clean_base_url(self) -> str:
        """Without what the browser's address line adds."""
        return str(self.cleaned_data["base_url"]).removesuffix("/admin").removesuffix("/api")
