"""What a person enters to connect SendPulse."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField


class SendpulseSettingsForm(forms.Form):
    base_url = AddressField(
        label=_("Address of the interface"), initial="https://api.sendpulse.com"
    )
    client_id = forms.CharField(
        label=_("ID"),
        max_length=100,
        help_text=_("In SendPulse: Account settings → API → ID."),
    )
    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("The zone of the SendPulse account; days are cut in it.")
    )
    lists = forms.BooleanField(label=_("Read the sizes of lists"), required=False, initial=True)
    client_secret = SecretField(
        label=_("Secret"), help_text=_("In SendPulse: Account settings → API → Secret.")
    )
