"""What a person enters to connect a Mango Office exchange."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField

OFFICIAL = "https://app.mango-office.ru/vpbx"


class MangoSettingsForm(forms.Form):
    """The address, the two halves of the key and the zone."""

    base_url = AddressField(
        label=_("Address of the API"),
        initial=OFFICIAL,
        help_text=_("Leave as it is unless Mango Office has given you another one."),
    )
    api_key = SecretField(
        label=_("Unique code of the exchange"),
        help_text=_("In the account: Integrations → API connector, vpbx_api_key."),
    )
    api_salt = SecretField(
        label=_("Key for the signature"), help_text=_("On the same page, vpbx_api_salt.")
    )
    time_zone = ZoneField(label=_("Time zone of the account"), help_text=_("Days are cut in it."))
