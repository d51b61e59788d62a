"""Choosing what to connect: groups, search, and long forms under headings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kpis.register.connectors.base import Group
from kpis.register.registry import connectors
from kpis.register.selectors.kinds import kinds_grouped
from kpis.register.wording import GROUP_ICONS, GROUP_WORDS
from staff.accounts.models import User

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
URL = "register:source-kinds"
LONG = 10


def kinds(client: Client, query: str = "") -> list[str]:
    groups = client.get(reverse(URL), {"q": query}).context["groups"]
    return [kind.kind for group in groups for kind in group.kinds]


def test_every_kind_stands_in_one_group_with_a_line(head: User, client_of: Open) -> None:
    shown = kinds(client_of(head))
    assert sorted(shown) == sorted(connectors())
    assert all(str(kind.gives) for group in kinds_grouped() for kind in group.kinds)
    assert set(GROUP_WORDS) == set(GROUP_ICONS) == set(Group)


def test_groups_come_in_the_agreed_order() -> None:
    order = [group.value for group in Group]
    codes = [group.code for group in kinds_grouped()]
    assert codes == sorted(codes, key=order.index)
    assert codes[-1] == Group.OTHER
    assert kinds_grouped()[-1].kinds[0].kind == "file"


@pytest.mark.parametrize(
    ("query", "some"),
    [("MATOMO", "matomo"), ("telephony", "mango"), ("opens sizes", "mailchimp"), ("1c", "onec")],
)
def test_search_looks_at_names_groups_and_figures(
    query: str, some: str, head: User, client_of: Open
) -> None:
    shown = kinds(client_of(head), query)
    assert some in shown
    assert len(shown) < len(connectors())


def test_nothing_found_offers_files(head: User, client_of: Open) -> None:
    html = client_of(head).get(reverse(URL), {"q": "<nonsense>"}).content.decode()
    assert reverse("register:source-create", args=["file"]) in html
    assert "<nonsense>" not in html


def test_search_answers_with_the_kinds_alone(head: User, client_of: Open) -> None:
    headers = {"HX-Request": "true", "HX-Target": "kinds"}
    html = client_of(head).get(reverse(URL), {"q": "vk"}, headers=headers).content.decode()
    assert html.lstrip().startswith('<div id="kinds"')


@pytest.mark.parametrize("kind", list(connectors()))
def test_headings_of_a_form_are_those_of_its_fields(kind: str, head: User, client_of: Open) -> None:
    form = connectors()[kind].settings_form
    starts = [name for name, _title in getattr(form, "sections", ())]
    fields = list(form.base_fields)
    assert [name for name in fields if name in starts] == starts
    if len(fields) >= LONG:
        assert starts[:1] == fields[:1], "a long form needs headings from its first field on"
    page = client_of(head).get(reverse("register:source-create", args=[kind]))
    html = page.content.decode()
    assert html.count("<fieldset") == max(len(starts), 1)
    assert all(f'name="{name}"' in html for name in page.context["form"].own)


@pytest.mark.parametrize("kind", list(connectors()))
def test_secrets_are_never_shown_again(kind: str) -> None:
    cls = connectors()[kind]
    for name in cls.secret_fields:
        widget = cls.settings_form.base_fields[name].widget
        assert not getattr(widget, "render_value", False), name
        assert widget.input_type == "password", name
