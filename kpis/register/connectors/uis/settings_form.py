"""What a person enters to connect UIS or CoMagic."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField
from kpis.register.connectors.setting_names import names_of

OFFICIAL = "https://dataapi.uiscom.ru/v2.0"


class UisSettingsForm(forms.Form):
    """The account's address, key and zone; tags that tell a good call from a bad one."""

    base_url = AddressField(
        label=_("Address of the Data API"),
        initial=OFFICIAL,
        help_text=_(
            "UIS: https://dataapi.uiscom.ru/v2.0, CoMagic: https://dataapi.comagic.ru/v2.0. "
            "A key of one does not work at the other."
        ),
    )
    access_token = SecretField(
        label=_("API key"),
        help_text=_(
            "In the account: Administration → Users → API access. The address of this server must "
            "be on the white list there."
        ),
    )
    time_zone = ZoneField(
        label=_("Time zone of the account"),
        help_text=_("As in the settings of the account: call times are told in it."),
    )
    good_tags = forms.CharField(
        label=_("Tags of a good call"),
        required=False,
        max_length=500,
        help_text=_("Names separated by commas; such a call is marked as qualified."),
    )
    junk_tags = forms.CharField(
        label=_("Tags of a junk call"),
        required=False,
        max_length=500,
        help_text=_("Spam, a wrong number, a job seeker."),
    )

    def clean_good_tags(self) -> str:
        """The names once each, one comma between."""
        return ", ".join(names_of(self.cleaned_data["good_tags"]))

    def clean_junk_tags(self) -> str:
        """As the good ones; a tag cannot be both."""
        junk = names_of(self.cleaned_data["junk_tags"])
        good = {name.casefold() for name in names_of(self.cleaned_data.get("good_tags", ""))}
        if any(name.casefold() in good for name in junk):
            raise forms.ValidationError(_("A tag cannot mean both a good and a junk call."))
        return ", ".join(junk)
