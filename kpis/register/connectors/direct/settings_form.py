"""What a person enters to connect an advertiser of Yandex Direct."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField

MOST_GOALS = 10
CURRENCIES = ("RUB", "BYN", "KZT", "UZS", "USD", "EUR", "CHF", "TRY")
_LOGIN = re.compile(r"[A-Za-z0-9.-]{1,60}")


class DirectSettingsForm(forms.Form):
    """Settings and the write-only token."""

    base_url = AddressField(
        label=_("Address of the API"),
        initial="https://api.direct.yandex.com",
        help_text=_("The sandbox has another address: https://api-sandbox.direct.yandex.com"),
    )
    client_login = forms.CharField(
        label=_("Login of the client"),
        required=False,
        max_length=60,
        help_text=_("Only for an agency's token: the advertiser whose campaigns are read."),
    )
    level = forms.ChoiceField(
        label=_("Read by"),
        choices=[("campaign", _("campaigns")), ("group", _("ad groups"))],
        initial="campaign",
        help_text=_("After a change read the history again: the two are never added up."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of the advertiser"),
        choices=[(code, code) for code in CURRENCIES],
        initial="RUB",
        help_text=_("The check compares it with the account."),
    )
    include_vat = forms.BooleanField(
        label=_("Cost with VAT"),
        required=False,
        help_text=_("Choose as your other costs are kept, with VAT or without."),
    )
    goals = forms.CharField(
        label=_("Goals"),
        required=False,
        max_length=200,
        help_text=_("Numbers of goals of Metrika, at most ten, separated by commas. Empty: all."),
    )
    attribution = forms.ChoiceField(
        label=_("Attribution of conversions"),
        choices=[
            ("AUTO", _("automatic")),
            ("LSC", _("last significant click")),
            ("LSCCD", _("last significant click, across devices")),
            ("LYDC", _("last click from Direct")),
            ("LYDCCD", _("last click from Direct, across devices")),
            ("LC", _("last click")),
            ("FC", _("first click")),
            ("FCCD", _("first click, across devices")),
        ],
        initial="AUTO",
    )
    token = SecretField(
        label=_("Access token"),
        help_text=_("An OAuth token of Yandex with the right to use the API of Direct."),
    )

    def clean_client_login(self) -> str:
        """A login as Yandex spells them, "" when none."""
        login = str(self.cleaned_data["client_login"]).strip()
        if login and not _LOGIN.fullmatch(login):
            raise forms.ValidationError(_("A login has Latin letters, digits, dots and hyphens."))
        return login

    def clean_goals(self) -> str:
        """The numbers, once each, separated by commas."""
        typed = re.split(r"[\s,;]+", str(self.cleaned_data["goals"]).strip())
        goals = list(dict.fromkeys(filter(None, typed)))
        if not all(goal.isascii() and goal.isdecimal() and len(goal) < 13 for goal in goals):
            raise forms.ValidationError(_("Enter the numbers of goals, separated by commas."))
        if len(goals) > MOST_GOALS:
            raise forms.ValidationError(_("Direct counts at most ten goals in a report."))
        return ",".join(goals)
