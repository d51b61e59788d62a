"""What a person enters to connect VK Ads."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField


class VkAdsSettingsForm(forms.Form):
    """Settings and, among `VkAdsConnector.secret_fields`, the write-only client secret.

    An empty secret keeps the saved one; whoever saves the form asks for it when there is none yet.
    """

    base_url = AddressField(
        label=_("Address of the API"),
        initial="https://ads.vk.com/api",
        help_text=_("Change it only if VK moves its API."),
    )
    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=64,
        validators=[
            RegexValidator(r"^[\w.-]+\Z", _("Only Latin letters, digits, dots and dashes."))
        ],
        help_text=_("In VK Ads: Settings → API access."),
    )
    client_secret = SecretField(
        label=_("Client secret"), help_text=_("Shown by VK Ads beside the client ID.")
    )
    currency = forms.CharField(
        label=_("Currency of the account"),
        initial="RUB",
        max_length=3,
        help_text=_("Three letters, as in RUB: VK Ads does not name it with the costs."),
    )
    vat_included = forms.BooleanField(
        label=_("The cost includes VAT"),
        required=False,
        initial=True,
        help_text=_("Compare with the act of a past month: figures are kept as VK Ads gives them."),
    )

    def clean_currency(self) -> str:
        """An ISO code in capitals."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("A currency is three letters, as in RUB."))
        return code
