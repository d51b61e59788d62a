"""What a person enters to connect an amoCRM."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.crm import deal_day_field, list_field
from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField


class AmocrmSettingsForm(forms.Form):
    """Settings and, among `AmocrmConnector.secret_fields`, the write-only secrets."""

    sections = (
        ("base_url", _("Access")),
        ("deal_day", _("How deals are counted")),
        ("client_id", _("Integration instead of a long-lived token")),
    )
    base_url = AddressField(
        label=_("Account address"),
        help_text=_("As in the browser, for example https://company.amocrm.ru"),
    )
    long_token = SecretField(
        label=_("Long-lived token"),
        max_length=4000,
        help_text=_(
            "In amoCRM: amoMarket → Create an integration → Private → Keys and rights → Generate a "
            "long-lived token."
        ),
    )
    zone = ZoneField(
        label=_("Time zone"), help_text=_("Days are cut in this zone: that of your CRM.")
    )
    deal_day = deal_day_field()
    contacts = forms.BooleanField(
        label=_("Read phone numbers and e-mails"),
        required=False,
        initial=True,
        help_text=_("To know a person across sources. Only a code made of them is kept."),
    )
    junk = list_field(
        _("Reasons that mean rubbish"),
        _("Names of the reasons of loss, separated by commas."),
        "Спам",
    )
    qualified = list_field(
        _("Stages that mean a good lead"),
        _("A won lead is always good; name earlier stages here if they count too."),
    )
    client_id = forms.CharField(
        label=_("Integration id"),
        required=False,
        max_length=100,
        help_text=_("Only instead of a long-lived token: id, key, address and refresh token."),
    )
    client_secret = SecretField(label=_("Integration key"))
    refresh_token = SecretField(label=_("Refresh token"), max_length=4000)
    redirect_uri = forms.CharField(
        label=_("Redirect address of the integration"), required=False, max_length=300
    )
