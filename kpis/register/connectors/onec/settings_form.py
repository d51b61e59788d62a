"""What a person enters to connect a 1C infobase."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField

INTERFACE = "/odata/standard.odata"
_NAME = r"^[^\W\d]\w{0,99}$"


class NameField(forms.RegexField):
    """A name of 1C's metadata; it becomes a part of a query."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            regex=_NAME,
            error_messages={"invalid": _("A name is letters, digits and underscores only.")},
            **kwargs,  # type: ignore[arg-type]  # passed on as they are
        )


class OneCSettingsForm(forms.Form):
    """Settings and, among the connector's `secret_fields`, the write-only password."""

    sections = (
        ("base_url", _("Access")),
        ("shop", _("Shop")),
        ("document", _("Sales")),
        ("returns_document", _("Returns")),
    )
    base_url = AddressField(
        label=_("Address of the infobase"),
        help_text=_("As published on the web server, for example https://1c.example.com/trade"),
    )
    login = forms.CharField(
        label=_("User of 1C"),
        max_length=100,
        help_text=_("A user of its own with the right to read the documents is best."),
    )
    password = SecretField(label=_("Password"))
    shop = forms.CharField(
        label=_("Shop"),
        max_length=150,
        initial="1C",
        help_text=_("What the shop is called in the register."),
    )
    time_zone = ZoneField(label=_("Time zone of the dates"))
    currency = forms.ChoiceField(
        label=_("Currency of the sums"),
        choices=[("RUB", "₽ RUB"), ("BYN", "Br BYN"), ("KZT", "₸ KZT"), ("USD", "$ USD")],
        initial="RUB",
    )
    document = NameField(
        label=_("Document of sale"),
        initial="Document_РеализацияТоваровУслуг",
        help_text=_("As the interface calls it; it must be in its contents."),
    )
    date_field = NameField(label=_("Field: date"), initial="Date")
    amount_field = NameField(label=_("Field: sum"), initial="СуммаДокумента")
    customer_field = NameField(label=_("Field: customer"), initial="Контрагент_Key", required=False)
    returns_document = NameField(
        label=_("Document of returns"),
        required=False,
        help_text=_("For example Document_ВозвратТоваровОтПокупателя; empty: not read."),
    )
    returns_amount_field = NameField(
        label=_("Field of returns: sum"), initial="СуммаДокумента", required=False
    )
    returns_order_field = NameField(
        label=_("Field of returns: the sale"),
        required=False,
        help_text=_("The reference to the document of sale; empty: not read."),
    )

    def clean_base_url(self) -> str:
        """The interface's address; people paste the infobase's."""
        typed = str(self.cleaned_data["base_url"])
        return typed if "/odata/" in f"{typed}/" else f"{typed}{INTERFACE}"
