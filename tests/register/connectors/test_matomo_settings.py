"""The settings form takes an address as people paste it and never shows the token."""

from __future__ import annotations

import pytest

from kpis.register.connectors.matomo import MatomoConnector
from kpis.register.connectors.matomo.settings_form import MatomoSettingsForm


def form(**values: object) -> MatomoSettingsForm:
    return MatomoSettingsForm({"base_url": "https://m.example", "site_id": "1", **values})


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("https://m.example/", "https://m.example"),
        ("m.example", "https://m.example"),
        (" http://intranet:8080/matomo/ ", "http://intranet:8080/matomo"),
        ("https://m.example/index.php?module=CoreHome&idSite=1#x", "https://m.example"),
        ("https://m.example/stats/index.php", "https://m.example/stats"),
    ],
)
def test_an_address_is_saved_without_decoration(typed: str, saved: str) -> None:
    filled = form(base_url=typed)
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["base_url"] == saved


@pytest.mark.parametrize(
    "typed", ["ftp://m.example", "https://user:pass@m.example", "https://", "http://[", "file:///x"]
)
def test_an_address_that_cannot_be_called_is_refused(typed: str) -> None:
    assert "base_url" in form(base_url=typed).errors


@pytest.mark.parametrize("typed", ["0", "-1", "one", ""])
def test_a_site_number_is_a_positive_number(typed: str) -> None:
    assert "site_id" in form(site_id=typed).errors


def test_the_token_is_never_written_into_the_page() -> None:
    assert "token-value" not in form(token_auth="token-value").as_p()
    assert set(MatomoConnector.secret_fields) <= set(MatomoSettingsForm.base_fields)
