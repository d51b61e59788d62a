"""What a person enters to connect Unisender."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField


class UnisenderSettingsForm(forms.Form):
    base_url = AddressField(
        label=_("Address of the interface"), initial="https://api.unisender.com/ru/api"
    )
    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("Days of mailings are cut in this zone.")
    )
    lists = forms.BooleanField(label=_("Read the sizes of lists"), required=False, initial=True)
    api_key = SecretField(
        label=_("Access key"),
        help_text=_("In Unisender: Settings → Integration and API."),
    )
