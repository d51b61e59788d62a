"""What a person enters to connect a seller of Ozon."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.ozon.analytics import OFF, SALES, VIEWS
from kpis.register.connectors.setting_fields import AddressField, SecretField

CURRENCIES = ("RUB", "BYN", "KZT", "CNY", "USD", "EUR")


class OzonSettingsForm(forms.Form):
    """Settings and the two write-only keys."""

    sections = (
        ("base_url", _("Access")),
        ("shop_name", _("Shop")),
        ("fbs", _("What is read")),
        ("ads", _("Advertising")),
    )
    base_url = AddressField(
        label=_("Address of the Seller API"), initial="https://api-seller.ozon.ru"
    )
    client_id = forms.RegexField(
        label=_("Client-Id"),
        regex=r"^\d{1,20}$",
        error_messages={"invalid": _("The Client-Id is a number.")},
        help_text=_("In the seller's cabinet: Settings → API keys."),
    )
    api_key = SecretField(
        label=_("API key"),
        help_text=_("Made beside the Client-Id; it needs the roles of the parts that are read."),
    )
    shop_name = forms.CharField(
        label=_("Name of the shop"), required=False, max_length=100, initial="Ozon"
    )
    currency = forms.ChoiceField(
        label=_("Currency of the seller"),
        choices=[(code, code) for code in CURRENCIES],
        initial="RUB",
        help_text=_("Ozon does not name it in transactions and advertising."),
    )
    fbs = forms.BooleanField(
        label=_("Read postings from own stock (FBS)"), required=False, initial=True
    )
    fbo = forms.BooleanField(
        label=_("Read postings from Ozon's stock (FBO)"), required=False, initial=True
    )
    finance = forms.BooleanField(label=_("Read returns and costs"), required=False, initial=True)
    analytics = forms.ChoiceField(
        label=_("Analytics by product"),
        choices=[
            (OFF, _("do not read")),
            (SALES, _("sales instead of postings, three months back")),
            (VIEWS, _("views and visitors of product pages (Premium Plus)")),
        ],
        initial=OFF,
        help_text=_("Sales by product and postings are the same money, so only one is read."),
    )
    ads = forms.BooleanField(label=_("Read advertising campaigns"), required=False)
    performance_url = AddressField(
        label=_("Address of the Performance API"),
        initial="https://api-performance.ozon.ru",
    )
    performance_id = forms.CharField(
        label=_("Client id of the Performance API"),
        required=False,
        max_length=200,
        help_text=_("A key of its own: in the advertising cabinet, Settings → API access."),
    )
    performance_secret = SecretField(label=_("Client secret of the Performance API"))

    def clean(self) -> dict[str, Any]:
        """Something must be read, and advertising needs a key."""
        data = super().clean() or self.cleaned_data
        postings = (data.get("fbs") or data.get("fbo")) and data.get("analytics") != SALES
        if not (postings or data.get("finance") or data.get("ads") or data.get("analytics") != OFF):
            raise forms.ValidationError(_("Choose at least one part to read."))
        if data.get("ads") and not data.get("performance_id"):
            self.add_error("performance_id", _("Advertising is read with a key of its own."))
        return data
