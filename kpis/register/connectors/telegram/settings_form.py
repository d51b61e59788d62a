"""What a person enters to connect channels of Telegram."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.text import filled
from kpis.register.connectors.setting_fields import AddressField, SecretField, ZoneField

MOST_CHANNELS = 20
_NAME = re.compile(r"(?:(?:https?://)?t\.me/(?:s/)?|@)([A-Za-z]\w{3,31})/?", re.ASCII)
_NUMBER = re.compile(r"-100\d{5,15}", re.ASCII)
_TOKEN = re.compile(r"\d{5,20}:[\w-]{20,80}", re.ASCII)


class TelegramSettingsForm(forms.Form):
    """Settings and, among `TelegramConnector.secret_fields`, the write-only token of the bot.

    An empty token keeps the saved one; whoever saves the form asks for it when there is none yet.
    """

    base_url = AddressField(
        label=_("Address of the API"),
        initial="https://api.telegram.org",
        help_text=_("Change it only if you run a Bot API server of your own."),
    )
    channels = forms.CharField(
        label=_("Channels"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on a line: @name, t.me/name, or the number of a private channel, which "
                    "begins with -100. The bot must be an administrator of each."),
    )  # fmt: skip
    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("Days of posts and reactions are cut in this zone.")
    )
    bot_token = SecretField(
        label=_("Bot token"),
        help_text=_("From @BotFather. The bot must serve this source only: what one program has "
                    "read is not given to another."),
    )  # fmt: skip

    def clean_channels(self) -> str:
        """One channel on a line, as the API takes it."""
        typed = re.split(r"[\s,;]+", str(self.cleaned_data["channels"]).strip())
        found: list[str] = []
        for text in typed:
            named = _NAME.fullmatch(text)
            if not named and not _NUMBER.fullmatch(text):
                words = _("This is not a channel: %(text)s")
                raise forms.ValidationError(filled(words, text=text[:60]))
            channel = f"@{named[1]}" if named else text
            if channel.lower() not in (known.lower() for known in found):
                found.append(channel)
        if len(found) > MOST_CHANNELS:
            words = _("At most %(count)s channels in one source.")
            raise forms.ValidationError(filled(words, count=MOST_CHANNELS))
        return "\n".join(found)

    def clean_bot_token(self) -> str:
        """Checked for its shape only, and never repeated in a message."""
        token = str(self.cleaned_data["bot_token"]).strip()
        if token and not _TOKEN.fullmatch(token):
            raise forms.ValidationError(
                _("This is not a bot's token: it has digits, a colon and letters.")
            )
        return token
