"""The connection check: the token's own words, then each host, which also names the category."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import SourceError
from kpis.register.connectors.parsing import json_of
from kpis.register.connectors.trying import failed, tried
from kpis.register.connectors.wildberries.client import VENDOR, WildberriesClient
from kpis.register.connectors.wildberries.mapping import ZONE
from kpis.register.connectors.wildberries.token import Claims


def checks(client: WildberriesClient, claims: Claims | None, *, ads: bool) -> Iterator[CheckItem]:
    """The token, then what it opens."""
    yield _token(claims)
    yield _host(client, "statistics", _("Orders, returns and the settlement can be read"))
    if ads:
        yield _host(client, "advert", _("Advertising can be read"))


def _token(claims: Claims | None) -> CheckItem:
    label = _("The token can be read")
    if claims is None:
        return CheckItem(
            "token", label, ok=False, advice=_("Copy the whole token from the seller's portal.")
        )
    if claims.expires_at is None:
        return CheckItem("token", label, ok=True, detail=claims.seller)
    day = claims.expires_at.astimezone(ZONE).date()
    if claims.expires_at <= timezone.now():
        return CheckItem(
            "token",
            label,
            ok=False,
            detail=filled(_("The token ran out on %(day)s."), day=day.isoformat()),
            advice=_("Create a new token in the seller's portal and enter it."),
        )
    return CheckItem(
        "token",
        label,
        ok=True,
        detail=filled(
            _("Seller %(seller)s, good until %(day)s."), seller=claims.seller, day=day.isoformat()
        ),
    )


def _host(client: WildberriesClient, name: str, label: StrOrPromise) -> CheckItem:
    def attempt() -> StrOrPromise:
        json_of(VENDOR, client.ask(f"ping_{name}"))
        return ""

    return tried(name, label, attempt)


def refused(fault: SourceError) -> CheckItem:
    """Nothing could be tried at all."""
    return failed("token", _("The token can be read"), fault)
