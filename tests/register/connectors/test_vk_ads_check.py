"""VK Ads: what the connection check and the settings form say."""

from __future__ import annotations

import datetime as dt

import pytest

from kpis.register.connectors.errors import AuthError, ConfigError
from kpis.register.connectors.vk_ads.connector import VkAdsConnector
from kpis.register.connectors.vk_ads.contract_server import CLIENT_SECRET, VkAdsPlay
from kpis.register.connectors.vk_ads.settings_form import VkAdsSettingsForm
from tests.register.connectors.helpers import TODAY
from tests.register.connectors.staged import Stage, Staged

YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def ads(stage: Stage) -> Staged:
    return stage(VkAdsConnector, VkAdsPlay)


def test_the_check_tries_access_campaigns_and_statistics(ads: Staged) -> None:
    items = ads.check()
    assert [item.name for item in items] == ["reach", "access", "campaigns", "stats", "cost"]
    assert all(item.ok for item in items)
    assert str(items[-1].detail) == "RUB, VAT included"
    ads.settings["vat_included"] = False
    assert str(ads.check()[-1].detail) == "RUB, without VAT"


@pytest.mark.parametrize(
    ("fault", "failing"),
    [
        ("html_page", {"reach"}),
        ("unavailable", {"reach"}),
        ("rate_limit", {"limit"}),
        ("token_revoked", {"campaigns"}),
        ("no_rights", {"campaigns"}),
        ("renamed_field", {"stats"}),
    ],
)
def test_the_check_names_what_is_wrong(ads: Staged, fault: str, failing: set[str]) -> None:
    ads.fault(fault)
    assert {item.name for item in ads.check() if not item.ok} == failing


@pytest.mark.parametrize(
    ("secret", "client_id"), [("wrong-client-secret", "TeaShopReader"), (CLIENT_SECRET, "other")]
)
def test_a_wrong_access_is_told_and_not_shown(ads: Staged, secret: str, client_id: str) -> None:
    ads.secrets["client_secret"] = secret
    ads.settings["client_id"] = client_id
    items = ads.check()
    assert {item.name: item.ok for item in items} == {"reach": True, "access": False}
    assert secret not in " ".join(f"{item.detail} {item.advice}" for item in items)


def test_nothing_entered_is_told(ads: Staged) -> None:
    ads.settings["client_id"] = ""
    with pytest.raises(ConfigError) as unnamed:
        ads.read("campaigns", YESTERDAY, YESTERDAY)
    assert unnamed.value.field == "client_id"
    ads.secrets.clear()
    with pytest.raises(AuthError):
        ads.read("campaigns", YESTERDAY, YESTERDAY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base_url", "ftp://ads.vk.com"),
        ("base_url", "https://me:word@ads.vk.com"),
        ("client_id", "два слова"),
        ("client_id", ""),
        ("currency", "рубли"),
        ("currency", "R1B"),
    ],
)
def test_the_form_refuses_with_words(field: str, value: str) -> None:
    data = {"base_url": "https://ads.vk.com/api", "client_id": "a.b-1", "currency": "rub"}
    assert VkAdsSettingsForm(data).is_valid()
    form = VkAdsSettingsForm({**data, field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]
