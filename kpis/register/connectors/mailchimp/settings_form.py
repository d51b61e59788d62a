"""What a person enters to connect Mailchimp."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField


class OwnAddressField(AddressField):
    """An address that may be left empty."""

    def clean(self, value: Any) -> str:
        """The address as it is stored, "" for none."""
        return super().clean(value) if str(value or "").strip() else ""


class MailchimpSettingsForm(forms.Form):
    base_url = OwnAddressField(
        label=_("Address of the interface"),
        required=False,
        help_text=_("Leave empty: the key names the data centre, as in "
                    "https://us21.api.mailchimp.com/3.0"),
    )  # fmt: skip
    lists = forms.BooleanField(label=_("Read the sizes of lists"), required=False, initial=True)
    api_key = SecretField(
        label=_("Access key"),
        help_text=_("In Mailchimp: Profile → Extras → API keys. It ends with the data centre, "
                    "like -us21."),
    )  # fmt: skip
