"""A department by the ideal model: everything in one step, or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.structure import install_registry
from departments.structure.blueprint import UNITS
from departments.structure.install_registry import InstallOptions, register_installer
from departments.structure.models import Company, Department, Unit
from departments.structure.services.departments import (
    department_create_by_model,
    department_update,
    direction_install,
)
from staff.accounts.models import AuditEvent, Scope, User
from tests.factories import Tree, make_user

Open = Callable[[User], Client]


@pytest.fixture
def only_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No installers but those the test registers."""
    monkeypatch.setattr(install_registry, "_parts", [])


@pytest.fixture
def group_director(tree: Tree) -> User:
    return make_user("director", tree.group)


def test_directions_units_and_scopes_come_with_it(group_director: User) -> None:
    made = department_create_by_model(actor=group_director, name="Marketing", company_name="Gamma")
    assert made.by_ideal_model
    assert list(made.companies.values_list("name", flat=True)) == ["Gamma"]
    assert "".join(made.directions.values_list("code", flat=True)) == "ABC"
    codes = Unit.objects.filter(direction__department=made).values_list("model_code", flat=True)
    assert sorted(codes) == sorted(row.code for row in UNITS)
    paths = [made.company.scope.path, made.scope.path, made.directions.first().scope.path]  # type: ignore[union-attr]  # has three
    assert paths[1].startswith(paths[0])
    assert paths[2].startswith(paths[1])


def test_the_chosen_directions_only(director: User, tree: Tree) -> None:
    made = department_create_by_model(
        actor=director, name="Mailings", company=tree.company, directions=["C"]
    )
    assert list(made.directions.values_list("code", flat=True)) == ["C"]


def test_installers_run_in_order_with_what_was_chosen(
    director: User, tree: Tree, only_mine: None
) -> None:
    ran: list[tuple[str, str, tuple[str, ...]]] = []

    def remember(name: str) -> Callable[[Department, User, InstallOptions], None]:
        return lambda department, actor, options: ran.append(
            (name, department.name, options.directions)
        )

    register_installer(remember("always"))
    register_installer(remember("positions"), part="positions", label="Positions")
    register_installer(remember("funds"), part="funds", label="Funds")
    department_create_by_model(
        actor=director,
        name="New",
        company=tree.company,
        directions=["B", "A"],
        install=["positions"],
    )
    assert ran == [("always", "New", ("A", "B")), ("positions", "New", ("A", "B"))]


def test_a_failing_installer_leaves_nothing_behind(group_director: User, only_mine: None) -> None:
    def fail(department: Department, actor: User, options: InstallOptions) -> None:
        raise Conflict

    register_installer(fail)
    before = Scope.objects.count()
    with pytest.raises(Conflict):
        department_create_by_model(actor=group_director, name="New", company_name="Gamma")
    assert not Company.objects.filter(name="Gamma").exists()
    assert Scope.objects.count() == before
    assert not AuditEvent.objects.filter(action="structure.department.created").exists()


def test_it_may_serve_several_companies(group_director: User, tree: Tree, other_tree: Tree) -> None:
    made = department_create_by_model(
        actor=group_director, name="Both", company=tree.company, companies=[other_tree.company]
    )
    assert set(made.companies.all()) == {tree.company, other_tree.company}
    head_of_beta_company = make_user("director", other_tree.company.scope)
    visible = Department.objects.visible_to(head_of_beta_company, "structure.department.view")
    assert made in visible


def test_the_trail_tells_what_was_made(director: User, tree: Tree) -> None:
    department_create_by_model(actor=director, name="New", company=tree.company)
    event = AuditEvent.objects.get(action="structure.department.created")
    assert event.after == {"name": "New", "companies": ["Alpha"], "directions": ["A", "B", "C"]}


def test_the_head_creates_no_department(head: User, tree: Tree) -> None:
    with pytest.raises(Forbidden):
        department_create_by_model(actor=head, name="New", company=tree.company)


def test_a_director_creates_none_in_a_foreign_company(director: User, other_tree: Tree) -> None:
    with pytest.raises(Forbidden):
        department_create_by_model(actor=director, name="New", company=other_tree.company)


def test_a_director_of_one_company_creates_no_company(director: User) -> None:
    with pytest.raises(Forbidden):
        department_create_by_model(actor=director, name="New", company_name="Gamma")


@pytest.mark.parametrize(
    ("name", "directions", "field"),
    [("Marketing", ["A"], "__all__"), ("New", [], "directions"), ("New", ["D"], "directions")],
)
def test_what_cannot_be_is_refused_by_field(
    director: User, tree: Tree, name: str, directions: list[str], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        department_create_by_model(
            actor=director, name=name, company=tree.company, directions=directions
        )
    assert set(refusal.value.fields) == {field}


def test_installing_a_direction_twice_changes_nothing(tree: Tree) -> None:
    before = set(Unit.objects.values_list("pk", flat=True))
    assert direction_install(department=tree.department, code="A") == tree.a
    assert set(Unit.objects.values_list("pk", flat=True)) == before


def test_a_direction_is_added_later(director: User, tree: Tree) -> None:
    made = department_create_by_model(
        actor=director, name="New", company=tree.company, directions=["A"]
    )
    department_update(
        actor=director, department=made, name="New", companies=[tree.company], directions=["B"]
    )
    assert list(made.directions.values_list("code", flat=True)) == ["A", "B"]


def test_the_head_does_not_attach_a_company(head: User, tree: Tree, other_tree: Tree) -> None:
    with pytest.raises(Forbidden):
        department_update(
            actor=head,
            department=tree.department,
            name="Marketing",
            companies=[tree.company, other_tree.company],
        )


def test_the_form_creates_it_and_shows_the_audit(
    director: User, tree: Tree, client_of: Open
) -> None:
    values = {"company": str(tree.company.uid), "name": "By form", "directions": ["A", "B"]}
    page = client_of(director).post("/structure/departments/new/", values)
    made = Department.objects.get(name="By form")
    assert page["Location"] == f"/structure/departments/{made.uid}/model-audit/"
    assert client_of(director).get(page["Location"]).status_code == 200
