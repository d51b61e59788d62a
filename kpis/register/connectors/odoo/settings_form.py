"""What a person enters to connect an Odoo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.crm import deal_day_field, list_field
from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField


class OdooSettingsForm(forms.Form):
    """Settings and, among `OdooConnector.secret_fields`, the write-only key."""

    sections = (
        ("base_url", _("Access")),
        ("zone", _("How deals are counted")),
    )
    base_url = AddressField(
        label=_("Odoo address"),
        help_text=_("As in the browser, for example https://company.odoo.com"),
    )
    protocol = forms.ChoiceField(
        label=_("Version of Odoo"),
        choices=[("json2", _("19 or newer")), ("xmlrpc", _("18 or older"))],
        initial="json2",
    )
    database = forms.CharField(
        label=_("Database"),
        required=False,
        max_length=100,
        help_text=_("May stay empty in a new Odoo with one database."),
    )
    login = forms.CharField(
        label=_("User name"),
        required=False,
        max_length=200,
        help_text=_("Only for Odoo 18 or older: whose key it is."),
    )
    api_key = SecretField(
        label=_("API key"),
        help_text=_("In Odoo: Preferences → Account security → New API key."),
    )
    key_expires = forms.DateField(
        label=_("The key ends on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("As chosen when the key was made. You are warned in good time."),
    )
    zone = ZoneField(
        label=_("Time zone"), help_text=_("Days are cut in this zone: that of your CRM.")
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        initial="RUB",
        help_text=_("Deals in other currencies are kept apart."),
    )
    orders_from = forms.ChoiceField(
        label=_("What is an order"),
        choices=[("leads", _("a won opportunity")), ("sales", _("a confirmed sales order"))],
        initial="leads",
        help_text=_("Never both: the same money would be counted twice."),
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
        "Spam, Спам",
    )
    qualified = list_field(
        _("Stages that mean a good lead"),
        _("A won lead is always good; name earlier stages here if they count too."),
    )

    def clean_key_expires(self) -> str:
        """Settings hold texts."""
        day = self.cleaned_data["key_expires"]
        return day.isoformat() if day else ""

    def clean(self) -> dict[str, Any]:
        """The older protocol signs in with a database and a name."""
        cleaned = super().clean() or {}
        if cleaned.get("protocol") == "xmlrpc":
            for name in ("database", "login"):
                if not cleaned.get(name):
                    self.add_error(name, _("Odoo 18 or older cannot be read without it."))
        return cleaned
