"""What a person enters to connect a Bitrix24."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.bitrix24.client import OAUTH, webhook_parts
from kpis.register.connectors.crm import deal_day_field, list_field
from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField


class Bitrix24SettingsForm(forms.Form):
    """Settings and, among `Bitrix24Connector.secret_fields`, the write-only secrets."""

    sections = (
        ("base_url", _("Access")),
        ("leads", _("What is read")),
        ("deal_day", _("How deals are counted")),
        ("client_id", _("Application instead of a webhook")),
    )
    base_url = AddressField(
        label=_("Portal address"),
        help_text=_("As in the browser, for example https://company.bitrix24.ru"),
    )
    webhook = SecretField(
        label=_("Incoming webhook"),
        help_text=_(
            "In Bitrix24: Applications → Developer resources → Other → Incoming webhook, with the "
            "right “CRM”, and “Telephony” for calls. Copy its whole address."
        ),
    )
    zone = ZoneField(
        label=_("Time zone"), help_text=_("Days are cut in this zone: that of your CRM.")
    )
    leads = forms.BooleanField(
        label=_("Read leads"),
        required=False,
        initial=True,
        help_text=_("Switch off if your CRM works without leads."),
    )
    calls = forms.BooleanField(
        label=_("Read calls"),
        required=False,
        help_text=_("Leave off when your telephony is connected as a source of its own."),
    )
    contacts = forms.BooleanField(
        label=_("Read phone numbers and e-mails"),
        required=False,
        initial=True,
        help_text=_("To know a person across sources. Only a code made of them is kept."),
    )
    deal_day = deal_day_field()
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        initial="RUB",
        help_text=_("Deals in other currencies are kept apart."),
    )
    junk = list_field(
        _("Stages that mean rubbish"),
        _("Names or codes of the stages of a failed lead, separated by commas."),
        "JUNK",
    )
    qualified = list_field(
        _("Stages that mean a good lead"),
        _("A converted lead is always good; name earlier stages here if they count too."),
    )
    client_id = forms.CharField(
        label=_("Application id"),
        required=False,
        max_length=100,
        help_text=_("Only instead of a webhook: id, key and refresh token of your application."),
    )
    client_secret = SecretField(label=_("Application key"))
    refresh_token = SecretField(label=_("Refresh token"))
    oauth_url = AddressField(label=_("Address for tokens"), initial=OAUTH)

    def clean_webhook(self) -> str:
        """Only an address that holds a user and a code is a webhook."""
        typed = str(self.cleaned_data["webhook"]).strip()
        if typed and webhook_parts(typed) is None:
            raise forms.ValidationError(
                _("Copy the whole address of the webhook, with /rest/, a number and a code.")
            )
        return typed

    def clean(self) -> dict[str, Any]:
        """A webhook leads to the portal that was named."""
        cleaned = super().clean() or {}
        webhook, base = cleaned.get("webhook"), cleaned.get("base_url")
        if webhook and base and urlsplit(webhook).hostname != urlsplit(base).hostname:
            self.add_error("webhook", _("This webhook belongs to another portal."))
        return cleaned
