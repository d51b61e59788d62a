"""Access tokens: one worker refreshes, a rotated secret is stored before anybody uses the pair."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping

import pytest
from django.db import connection
from django.utils import timezone

from config.lib.crypto import seal, unseal
from kpis.register.connectors.errors import AuthError
from kpis.register.connectors.tokens import Minted
from kpis.register.models import Source, SourceToken
from kpis.register.services.sources import source_update
from kpis.register.services.tokens import StoredTokens
from staff.accounts.models import User
from tests.factories import Tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tree: Tree) -> Source:
    return Source.objects.create(
        scope=tree.department.scope,
        kind="matomo",
        name="Any",
        sealed_secrets=seal({"refresh_token": "r1", "client_secret": "c"}),
    )


class Vendor:
    """Gives a new pair for the newest refresh token, and refuses a used one."""

    def __init__(self, lives: dt.timedelta = dt.timedelta(hours=1)) -> None:
        self.minted = 0
        self.lives = lives

    def mint(self, secrets: Mapping[str, str]) -> Minted:
        if secrets["refresh_token"] != f"r{self.minted + 1}":
            raise AuthError("The refresh token was used already.")
        self.minted += 1
        return Minted(
            f"a{self.minted}",
            timezone.now() + self.lives,
            {"refresh_token": f"r{self.minted + 1}"},
        )


def test_a_token_is_kept_and_the_rotated_secret_too(source: Source) -> None:
    vendor = Vendor()
    tokens = StoredTokens(source.pk)
    assert tokens.get("access", vendor.mint) == "a1"
    assert StoredTokens(source.pk).get("access", vendor.mint) == "a1"
    source.refresh_from_db()
    assert unseal(source.sealed_secrets) == {"refresh_token": "r2", "client_secret": "c"}
    assert b"a1" not in bytes(SourceToken.objects.get().sealed)


def test_a_token_about_to_run_out_is_made_anew(source: Source) -> None:
    vendor = Vendor(dt.timedelta(seconds=30))
    tokens = StoredTokens(source.pk)
    assert [tokens.get("access", vendor.mint) for _turn in range(2)] == ["a1", "a2"]


def test_after_a_refusal_the_newer_token_of_another_worker_is_taken(source: Source) -> None:
    vendor = Vendor()
    tokens = StoredTokens(source.pk)
    stale = tokens.get("access", vendor.mint)
    assert tokens.renew("access", stale, vendor.mint) == "a2"
    assert tokens.renew("access", stale, vendor.mint) == "a2"
    assert vendor.minted == 2


def test_a_refused_refresh_leaves_everything_as_it_was(source: Source) -> None:
    def refuse(secrets: Mapping[str, str]) -> Minted:
        raise AuthError("No.")

    tokens = StoredTokens(source.pk)
    with pytest.raises(AuthError):
        tokens.get("access", refuse)
    source.refresh_from_db()
    assert unseal(source.sealed_secrets)["refresh_token"] == "r1"
    assert tokens.get("access", Vendor().mint) == "a1"


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_refreshes(source: Source) -> None:
    vendor, got = Vendor(), list[str]()

    def work() -> None:
        try:
            got.append(StoredTokens(source.pk).get("access", vendor.mint))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["a1"] * 6
    assert vendor.minted == 1


def test_other_secrets_forget_the_tokens(source: Source, head: User) -> None:
    StoredTokens(source.pk).get("access", Vendor().mint)
    source_update(
        actor=head, source=source, plain=source.settings, secrets={"refresh_token": "new"}
    )
    assert not SourceToken.objects.exists()
