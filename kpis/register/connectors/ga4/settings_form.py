"""What a person enters to connect a Google Analytics 4 property."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.errors import AuthError
from kpis.register.connectors.ga4.key import ServiceKey
from kpis.register.connectors.setting_fields import AddressField, SecretField


class Ga4SettingsForm(forms.Form):
    """Settings and, among `Ga4Connector.secret_fields`, the write-only key file."""

    property_id = forms.CharField(
        label=_("Property number"),
        max_length=40,
        help_text=_("In Google Analytics: Admin → Property details. Digits only, not G-XXXX."),
    )
    site_name = forms.CharField(
        label=_("Name of the site"),
        max_length=200,
        required=False,
        help_text=_("How the site is called in reports; Google does not tell."),
    )
    ecommerce = forms.BooleanField(
        label=_("Read orders and revenue"),
        required=False,
        help_text=_("Only if the site sends its purchases to Google Analytics."),
    )
    campaigns = forms.BooleanField(label=_("Read campaigns"), required=False, initial=True)
    service_account_key = SecretField(
        label=_("Service account key"),
        max_length=10_000,
        help_text=_(
            "The whole content of the JSON key file. The account's e-mail must have the Viewer "
            "role in the property."
        ),
    )
    base_url = AddressField(
        label=_("Address of the Data API"), initial="https://analyticsdata.googleapis.com"
    )
    token_url = AddressField(
        label=_("Address of the token service"), initial="https://oauth2.googleapis.com"
    )

    def clean_property_id(self) -> str:
        """The digits; ``properties/123`` is how Google itself writes it."""
        typed = str(self.cleaned_data["property_id"]).strip().removeprefix("properties/")
        if not (typed.isascii() and typed.isdecimal()):
            raise forms.ValidationError(
                _("The property's number consists of digits; G-XXXX is the number of a stream.")
            )
        return typed

    def clean_service_account_key(self) -> str:
        """A key file that can sign; empty keeps the saved one."""
        typed = str(self.cleaned_data.get("service_account_key") or "")
        if typed:
            try:
                ServiceKey.of(typed).signer()
            except AuthError as fault:
                raise forms.ValidationError(fault.message) from fault
        return typed
