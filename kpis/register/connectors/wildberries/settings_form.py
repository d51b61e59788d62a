"""What a person enters to connect a Wildberries seller."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField
from kpis.register.connectors.wildberries.endpoints import ADVERT, HOSTS, STATISTICS
from kpis.register.connectors.wildberries.token import claims_of


class WildberriesSettingsForm(forms.Form):
    """Settings and, among the connector's `secret_fields`, the write-only token."""

    shop = forms.CharField(
        label=_("Shop"),
        max_length=150,
        initial="Wildberries",
        help_text=_("What the shop is called in the register."),
    )
    token = SecretField(
        label=_("Access token"),
        max_length=4000,
        help_text=_(
            "In the seller's portal: Settings → Access to API. Categories Statistics and, for "
            "advertising, Promotion; read only is enough."
        ),
    )
    currency = forms.ChoiceField(
        label=_("Currency of the prices"),
        choices=[("RUB", "₽ RUB"), ("BYN", "Br BYN"), ("KZT", "₸ KZT")],
        initial="RUB",
    )
    price = forms.ChoiceField(
        label=_("Revenue is counted at"),
        choices=[
            ("seller", _("the seller's price, before the marketplace's own discount")),
            ("buyer", _("the price the buyer pays")),
        ],
        initial="seller",
    )
    settlement = forms.ChoiceField(
        label=_("Settlement report"),
        choices=[("weekly", _("weekly")), ("daily", _("daily")), ("off", _("do not read"))],
        initial="weekly",
        help_text=_("Gives the cost of the marketplace's services."),
    )
    ads = forms.BooleanField(label=_("Read advertising"), required=False, initial=True)
    base_url = AddressField(label=_("Address of the statistics"), initial=HOSTS[STATISTICS])
    advert_url = AddressField(label=_("Address of the advertising"), initial=HOSTS[ADVERT])

    def clean_token(self) -> str:
        """The token as Wildberries shows it, without blanks and the word before it."""
        typed = "".join(str(self.cleaned_data["token"]).removeprefix("Bearer ").split())
        if typed and claims_of(typed) is None:
            raise forms.ValidationError(
                _("This is not a token of Wildberries: it has three parts with dots between them.")
            )
        return typed
