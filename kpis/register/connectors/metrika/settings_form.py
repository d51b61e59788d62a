"""What a person enters to connect a counter of Yandex Metrika."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField

# Metrika takes twenty figures in one question, four are the site's own.
MOST_GOALS = 15
CURRENCIES = ("RUB", "BYN", "KZT", "USD", "EUR", "TRY")


class MetrikaSettingsForm(forms.Form):
    """Settings and, among `MetrikaConnector.secret_fields`, the write-only token."""

    counter_id = forms.CharField(
        label=_("Counter number"),
        max_length=20,
        help_text=_("In Metrika: the number beside the counter's name."),
    )
    goals = forms.CharField(
        label=_("Goals"),
        required=False,
        max_length=300,
        help_text=_("Numbers of the goals to add up, at most fifteen, separated by commas."),
    )
    ecommerce = forms.BooleanField(
        label=_("Read orders and revenue"),
        required=False,
        help_text=_("Only if the site sends e-commerce data to Metrika."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of revenue"),
        choices=[(code, code) for code in CURRENCIES],
        initial="RUB",
        help_text=_("Metrika converts other currencies to this one."),
    )
    campaigns = forms.BooleanField(label=_("Read campaigns"), required=False, initial=True)
    logs = forms.BooleanField(
        label=_("Read time on site from raw visits"),
        required=False,
        help_text=_("Through the Logs API: Metrika prepares each file for some minutes."),
    )
    login = forms.CharField(
        label=_("Login of the token's owner"),
        required=False,
        max_length=60,
        help_text=_("Metrika counts requests by login: sources with the same login share them."),
    )
    token = SecretField(
        label=_("Access token"),
        help_text=_("An OAuth token of Yandex with the right to read Metrika."),
    )
    base_url = AddressField(label=_("Address of the API"), initial="https://api-metrika.yandex.net")

    def clean_counter_id(self) -> str:
        """The counter's digits."""
        typed = str(self.cleaned_data["counter_id"]).strip()
        if not (typed.isascii() and typed.isdecimal()):
            raise forms.ValidationError(_("The counter's number consists of digits."))
        return typed

    def clean_goals(self) -> str:
        """The numbers once each, in the order typed, with commas between."""
        goals = goal_numbers(self.cleaned_data["goals"])
        if not all(goal.isascii() and goal.isdecimal() for goal in goals):
            raise forms.ValidationError(_("Goals are numbers separated by commas."))
        if len(goals) > MOST_GOALS:
            raise forms.ValidationError(_("At most fifteen goals can be read."))
        return ",".join(goals)


def goal_numbers(text: object) -> tuple[str, ...]:
    """The goals of the setting, each once."""
    parts = (part.strip() for part in str(text or "").replace(";", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
