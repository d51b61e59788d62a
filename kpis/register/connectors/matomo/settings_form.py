"""What a person enters to connect a Matomo."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib import http


class MatomoSettingsForm(forms.Form):
    """Settings and, among `MatomoConnector.secret_fields`, the write-only token.

    An empty token keeps the saved one; whoever saves the form asks for it when there is none yet.
    """

    base_url = forms.CharField(
        label=_("Matomo address"),
        max_length=300,
        help_text=_("As in the browser, for example https://stats.example.com"),
    )
    site_id = forms.IntegerField(
        label=_("Site number"),
        min_value=1,
        help_text=_("In Matomo: Administration → Websites → Manage, the column ID."),
    )
    ecommerce = forms.BooleanField(
        label=_("Read orders and revenue"),
        required=False,
        initial=True,
        help_text=_("E-commerce must be switched on for the site in Matomo."),
    )
    campaigns = forms.BooleanField(label=_("Read campaigns"), required=False, initial=True)
    token_auth = forms.CharField(
        label=_("Access token"),
        required=False,
        strip=True,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("In Matomo: Administration → Personal → Security → Auth tokens."),
    )

    def clean_base_url(self) -> str:
        """The installation's address without what the browser's address line adds to it."""
        typed = str(self.cleaned_data["base_url"]).strip()
        if "://" not in typed:
            typed = f"https://{typed}"
        try:
            http.check_url(typed)
            parts = urlsplit(typed)
        except (http.UrlRefused, ValueError) as error:
            raise forms.ValidationError(
                _("Enter an http or https address without a name and password in it.")
            ) from error
        path = parts.path.removesuffix("/").removesuffix("/index.php")
        return f"{parts.scheme}://{parts.netloc}{path}".rstrip("/")
