"""Companies, outlets and the brand: what is kept, what is refused, what the trail says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from config.lib.errors import Invalid
from departments.structure.contrast import brand_checks, contrast
from departments.structure.models import BrandKit
from departments.structure.services.companies import (
    brand_kit_save,
    company_create,
    company_update,
    outlet_save,
)
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree

Open = Callable[[User], Client]


def test_a_renamed_company_renames_its_scope(director: User, tree: Tree) -> None:
    company_update(
        actor=director,
        company=tree.company,
        name="Alpha Plus",
        currency="EUR",
        time_zone="Asia/Omsk",
        site_url="https://alpha.example",
    )
    tree.company.scope.refresh_from_db()
    assert str(tree.company.scope) == "Alpha Plus"
    event = AuditEvent.objects.get(action="structure.company.changed")
    assert event.before["currency"] == "RUB"
    assert event.after["currency"] == "EUR"


def test_a_taken_name_is_refused(superuser: User, tree: Tree) -> None:
    with pytest.raises(Invalid) as refusal:
        company_create(actor=superuser, name="Alpha")
    assert set(refusal.value.fields) == {"name"}


def test_a_time_zone_that_does_not_exist_is_refused(superuser: User) -> None:
    with pytest.raises(Invalid) as refusal:
        company_create(actor=superuser, name="Gamma", time_zone="Mars/Olympus")
    assert set(refusal.value.fields) == {"time_zone"}


def test_outlets_of_one_company_differ_in_name(head: User, tree: Tree, other_tree: Tree) -> None:
    outlet_save(actor=head, company=tree.company, name="Shop", address="")
    with pytest.raises(Invalid):
        outlet_save(actor=head, company=tree.company, name="Shop", address="")


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "javascript:1", ""])
def test_a_colour_is_six_hexadecimal_digits(head: User, tree: Tree, colour: str) -> None:
    with pytest.raises(Invalid) as refusal:
        brand_kit_save(actor=head, company=tree.company, primary=colour, accent="#445566")
    assert set(refusal.value.fields) == {"primary"}
    assert not BrandKit.objects.exists()


def test_the_brand_colours_the_pages_at_once(head: User, tree: Tree, client_of: Open) -> None:
    client = client_of(head)
    url = f"/structure/companies/{tree.company.uid}/brand/"
    client.post(url, {"primary": "#AA0044", "accent": "#445566", "slogan": "We <3 you"})
    page = client.get(url).content.decode()
    assert "primary=aa0044" in page
    assert "We &lt;3 you" in page


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff").quantize(Decimal("0.01")) == Decimal("4.48")


def test_the_verdict_is_said_in_words() -> None:
    badges = [(check.badge, str(check.verdict)) for check in brand_checks("#ffff00", "#0f766e")]
    assert badges[0] == ("bad", "cannot be read")
    assert badges[2] == ("good", "good for any text")
