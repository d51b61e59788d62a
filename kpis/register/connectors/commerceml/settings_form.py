"""What a person agrees with 1C: a name, a password, and how statuses are understood."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import SecretField, ZoneField


class CommerceMlSettingsForm(forms.Form):
    """The same name and password are entered in 1C, in the settings of the exchange with a site."""

    shop = forms.CharField(
        label=_("Shop"),
        max_length=150,
        initial="1C",
        help_text=_("What the shop is called in the register."),
    )
    login = forms.CharField(
        label=_("User name for 1C"),
        max_length=80,
        help_text=_("Make it up; enter the same in 1C."),
    )
    password = SecretField(
        label=_("Password for 1C"),
        help_text=_("Make up a long one (12 characters or more); enter the same in 1C."),
    )
    time_zone = ZoneField(label=_("Time zone of the dates"))
    cancelled_statuses = forms.CharField(
        label=_("Statuses of cancelled orders"),
        required=False,
        max_length=500,
        initial="Отменен, Отменён, Отказ, Возврат",
        help_text=_("As in 1C, separated by commas."),
    )
    unfinished_statuses = forms.CharField(
        label=_("Statuses that are no orders yet"),
        required=False,
        max_length=500,
        initial="Черновик",
        help_text=_("As in 1C, separated by commas."),
    )
    promo_requisite = forms.CharField(
        label=_("Requisite with the promo code"),
        required=False,
        max_length=100,
        initial="Промокод",
    )

    def clean_login(self) -> str:
        """Basic authentication ends the name at a colon."""
        login = str(self.cleaned_data["login"]).strip()
        if ":" in login:
            raise forms.ValidationError(_("A colon cannot be part of the name."))
        return login

    def clean_password(self) -> str:
        """The address is open to everybody: a short password would be guessed."""
        password = str(self.cleaned_data["password"])
        if password and len(password) < 12:
            raise forms.ValidationError(_("The password is too short: 12 characters or more."))
        return password
