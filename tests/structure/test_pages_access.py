"""Who may open what in the structure: role × address → code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from departments.structure.models import Outlet
from staff.accounts.models import User
from tests.factories import Tree

Open = Callable[[User], Client]
ROLES = ["director", "head", "direction_head", "specialist", "auditor", "nobody"]
ROOT = "/structure/"

PAGES = {
    "companies/": [200, 200, 200, 200, 200, 403],
    "companies/?_export=csv": [200, 200, 200, 200, 200, 403],
    "companies/new/": [403, 403, 403, 403, 403, 403],
    "companies/{company}/": [200, 200, 200, 200, 200, 403],
    "companies/{company}/edit/": [200, 403, 403, 403, 403, 403],
    "companies/{company}/brand/": [200, 200, 403, 403, 403, 403],
    "companies/{company}/outlets/new/": [200, 200, 403, 403, 403, 403],
    "outlets/{outlet}/edit/": [200, 200, 403, 403, 403, 403],
    "departments/": [200, 200, 200, 200, 200, 403],
    "departments/new/": [200, 403, 403, 403, 403, 403],
    "departments/{department}/": [200, 200, 200, 200, 200, 403],
    "departments/{department}/edit/": [200, 200, 403, 403, 403, 403],
    "departments/{department}/model-audit/": [200, 200, 200, 403, 200, 403],
    "directions/{direction}/units/new/": [200, 200, 403, 403, 403, 403],
    "units/{unit}/edit/": [200, 200, 403, 403, 403, 403],
    "companies/{foreign_company}/": [404, 404, 404, 404, 200, 403],
    "companies/{foreign_company}/edit/": [404, 403, 403, 403, 403, 403],
    "companies/{foreign_company}/brand/": [404, 404, 403, 403, 403, 403],
    "outlets/{foreign_outlet}/edit/": [404, 404, 403, 403, 403, 403],
    "departments/{foreign_department}/": [404, 404, 404, 404, 200, 403],
    "departments/{foreign_department}/edit/": [404, 404, 403, 403, 403, 403],
    "departments/{foreign_department}/model-audit/": [404, 404, 404, 403, 200, 403],
    "directions/{foreign_direction}/units/new/": [404, 404, 403, 403, 403, 403],
}
CHANGES: dict[str, tuple[dict[str, str], list[int]]] = {
    "companies/{company}/edit/": (
        {"name": "Renamed", "currency": "RUB", "time_zone": "Europe/Moscow"},
        [302, 403, 403, 403, 403, 403],
    ),
    "companies/{company}/brand/": (
        {"primary": "#112233", "accent": "#445566"},
        [302, 302, 403, 403, 403, 403],
    ),
    "companies/{company}/outlets/new/": ({"name": "Shop 2"}, [302, 302, 403, 403, 403, 403]),
    "outlets/{outlet}/edit/": ({"name": "Shop 3"}, [302, 302, 403, 403, 403, 403]),
    "outlets/{foreign_outlet}/edit/": ({"name": "Mine"}, [404, 404, 403, 403, 403, 403]),
    "directions/{direction}/units/new/": ({"name_ru": "Новое"}, [302, 302, 403, 403, 403, 403]),
    "units/{unit}/edit/": ({"name_ru": "Другое"}, [302, 302, 403, 403, 403, 403]),
    "companies/new/": (
        {"name": "Mine", "currency": "RUB", "time_zone": "Europe/Moscow"},
        [403, 403, 403, 403, 403, 403],
    ),
}


@pytest.fixture
def actors(
    director: User,
    head: User,
    direction_head: User,
    specialist: User,
    auditor: User,
    nobody: User,
) -> dict[str, User]:
    people = [director, head, direction_head, specialist, auditor, nobody]
    return dict(zip(ROLES, people, strict=True))


@pytest.fixture
def names(tree: Tree, other_tree: Tree) -> dict[str, str]:
    outlet = Outlet.objects.create(company=tree.company, name="Shop")
    foreign = Outlet.objects.create(company=other_tree.company, name="Shop")
    rows = {
        "company": tree.company,
        "department": tree.department,
        "direction": tree.a,
        "unit": tree.a.units.first(),
        "outlet": outlet,
        "foreign_company": other_tree.company,
        "foreign_department": other_tree.department,
        "foreign_direction": other_tree.a,
        "foreign_outlet": foreign,
    }
    return {name: str(getattr(row, "uid", "")) for name, row in rows.items()}


@pytest.mark.parametrize("url", PAGES)
def test_a_page_opens_to_those_who_may(
    actors: dict[str, User], names: dict[str, str], client_of: Open, url: str
) -> None:
    address = ROOT + url.format(**names)
    codes = [client_of(actors[role]).get(address).status_code for role in ROLES]
    assert codes == PAGES[url]


@pytest.mark.parametrize("url", CHANGES)
def test_a_change_is_made_by_those_who_may(
    actors: dict[str, User], names: dict[str, str], client_of: Open, url: str
) -> None:
    values, expected = CHANGES[url]
    codes = []
    for role in ROLES:
        point = transaction.savepoint()
        answer = client_of(actors[role]).post(ROOT + url.format(**names), values)
        codes.append(answer.status_code)
        transaction.savepoint_rollback(point)  # the next one finds the rows as they were
    assert codes == expected


def test_a_foreign_company_is_not_offered(
    head: User, director: User, other_tree: Tree, client_of: Open
) -> None:
    for user, url in ((director, "departments/new/"), (head, "companies/")):
        page = client_of(user).get(ROOT + url).content.decode()
        assert str(other_tree.company.uid) not in page
        assert "Beta" not in page
