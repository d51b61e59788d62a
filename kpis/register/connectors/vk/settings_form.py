"""What a person enters to connect a VK community."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.setting_fields import AddressField, SecretField

_GROUP = re.compile(
    r"(?:https?://)?(?:m\.)?(?:vk\.(?:com|ru)/)?(?:club|public|event|-)?(\d{1,15})/?"
)


class VkSettingsForm(forms.Form):
    """Settings and, among `VkConnector.secret_fields`, up to three write-only tokens.

    An empty token keeps the saved one; which of them are needed is told by the connection check.
    """

    base_url = AddressField(
        label=_("Address of the API"),
        initial="https://api.vk.com",
        help_text=_("Change it only if VK moves its API."),
    )
    group_id = forms.CharField(
        label=_("Number of the community"),
        max_length=100,
        help_text=_("In VK: Manage → Community settings, “Community number”; or the link "
                    "vk.com/club123."),
    )  # fmt: skip
    posts = forms.BooleanField(
        label=_("Read posts"),
        required=False,
        initial=True,
        help_text=_("Needs a user token or, for an open community, a service token."),
    )
    stats = forms.BooleanField(
        label=_("Read statistics"),
        required=False,
        initial=True,
        help_text=_("Needs a user token of an administrator or editor of the community."),
    )
    user_token = SecretField(
        label=_("User token"),
        help_text=_("Of an administrator, with the rights to groups, wall and stats. A token of "
                    "VK ID does not do."),
    )  # fmt: skip
    service_token = SecretField(
        label=_("Service token"),
        help_text=_("Of your VK application. Reads the wall of an open community."),
    )
    community_token = SecretField(
        label=_("Community token"),
        help_text=_("Of the community itself. Reads the number of followers only."),
    )

    def clean_group_id(self) -> str:
        """The bare number, whatever it was copied from."""
        typed = str(self.cleaned_data["group_id"]).strip().lower()
        found = _GROUP.fullmatch(typed)
        if not found or not int(found[1]):
            raise forms.ValidationError(
                _("Enter the number of the community: a short name is not enough.")
            )
        return str(int(found[1]))

    def clean(self) -> dict[str, object]:
        """A token pasted into two fields is in a wrong one."""
        cleaned = super().clean() or self.cleaned_data
        tokens = [
            cleaned[name]
            for name in ("user_token", "service_token", "community_token")
            if cleaned.get(name)
        ]
        if len(tokens) != len(set(tokens)):
            raise forms.ValidationError(_("The same token was entered in two fields."))
        return cleaned
