"""A stored secret is sent only to the servers it was given for."""

from __future__ import annotations

import pytest

from config.lib.crypto import seal, unseal
from config.lib.errors import Invalid
from kpis.register.models import Source
from kpis.register.services.sources import source_update
from staff.accounts.models import User
from tests.factories import Tree

pytestmark = pytest.mark.django_db
BEFORE = {"base_url": "https://statistics.example", "advert_url": "https://advert.example"}


@pytest.fixture
def source(tree: Tree) -> Source:
    return Source.objects.create(
        scope=tree.department.scope,
        kind="wildberries",
        name="WB",
        settings=BEFORE,
        sealed_secrets=seal({"token": "t1"}),
    )


@pytest.mark.parametrize("setting", ["base_url", "advert_url"])
@pytest.mark.parametrize("address", ["https://evil.example", "http://advert.example"])
def test_any_new_server_needs_the_secret_again(
    source: Source, head: User, setting: str, address: str
) -> None:
    with pytest.raises(Invalid):
        source_update(actor=head, source=source, plain=BEFORE | {setting: address}, secrets={})
    source.refresh_from_db()
    assert source.settings == BEFORE
    source_update(
        actor=head, source=source, plain=BEFORE | {setting: address}, secrets={"token": "t2"}
    )
    source.refresh_from_db()
    assert unseal(source.sealed_secrets) == {"token": "t2"}


def test_another_path_on_the_same_server_keeps_it(source: Source, head: User) -> None:
    plain = BEFORE | {"base_url": "https://statistics.example/v2"}
    source_update(actor=head, source=source, plain=plain, secrets={})
    source.refresh_from_db()
    assert source.settings == plain
