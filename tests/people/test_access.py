"""Who gets what from every address of the staff."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.structure.audit_registry import State
from departments.structure.blueprint import POSITIONS
from departments.structure.install_registry import InstallOptions
from staff.accounts.models import User
from staff.people.install import install_positions
from staff.people.menu import employees as search_employees
from staff.people.model_audit import positions_probe
from staff.people.models import Absence, Employee
from tests.factories import Tree
from tests.people.factories import appoint, make_employee, make_position

ClientOf = Callable[[User], Client]
PEOPLE = ("head", "director", "direction_head", "specialist", "auditor", "outsider", "nobody")
TABLE = [
    ("employee-list", "get", (200, 200, 200, 200, 200, 200, 403)),
    ("employee-hire", "get", (200, 200, 403, 403, 403, 200, 403)),
    ("employee-detail", "get", (200, 200, 200, 200, 200, 404, 403)),
    ("employee-edit", "get", (200, 200, 403, 403, 403, 404, 403)),
    ("employee-leave", "get", (200, 200, 403, 403, 403, 404, 403)),
    ("appointment-start", "get", (200, 200, 403, 403, 403, 404, 403)),
    ("absence-add", "get", (200, 200, 403, 403, 403, 404, 403)),
    ("absence-cancel", "post", (302, 302, 403, 403, 403, 404, 403)),
    ("position-list", "get", (200, 200, 200, 200, 200, 200, 403)),
    ("position-create", "get", (200, 200, 403, 403, 403, 200, 403)),
    ("position-detail", "get", (200, 200, 200, 200, 200, 404, 403)),
    ("position-edit", "get", (200, 200, 403, 403, 403, 404, 403)),
]
CASES = [
    (name, verb, who, code)
    for name, verb, codes in TABLE
    for who, code in zip(PEOPLE, codes, strict=True)
]


def appointed(tree: Tree, name: str = "Anna Smirnova") -> Employee:
    """Somebody of direction A."""
    employee = make_employee(tree.department, full_name=name)
    appoint(employee, make_position(tree.a))
    return employee


def address(name: str, tree: Tree) -> str:
    if name in {"employee-list", "employee-hire", "position-list", "position-create"}:
        return reverse(f"people:{name}")
    if name.startswith("position"):
        return reverse(f"people:{name}", args=[make_position(tree.a).uid])
    employee = appointed(tree)
    if name == "absence-cancel":
        day = timezone.localdate()
        absence = Absence.objects.create(employee=employee, kind="trip", starts_on=day, ends_on=day)
        return reverse("people:absence-cancel", args=[absence.uid])
    return reverse(f"people:{name}", args=[employee.uid])


@pytest.mark.parametrize(("name", "verb", "who", "code"), CASES)
def test_it_answers(
    name: str,
    verb: str,
    who: str,
    code: int,
    tree: Tree,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert getattr(client, verb)(address(name, tree)).status_code == code


def test_specialist_sees_only_people_of_the_direction(
    tree: Tree, specialist: User, client_of: ClientOf
) -> None:
    appointed(tree)
    boris = make_employee(tree.department, full_name="Boris of B")
    appoint(boris, make_position(tree.b, "B.S1"))
    page = client_of(specialist).get(reverse("people:employee-list")).content.decode()
    assert "Anna Smirnova" in page
    assert "Boris of B" not in page
    assert client_of(specialist).get(boris.get_absolute_url()).status_code == 404


def test_reason_of_an_absence_is_for_the_head_and_oneself(
    tree: Tree, head: User, specialist: User, trainee: User, client_of: ClientOf
) -> None:
    employee = make_employee(tree.department, trainee)
    appoint(employee, make_position(tree.a))
    day = timezone.localdate()
    Absence.objects.create(employee=employee, kind="illness", starts_on=day, ends_on=day)
    seen = {
        who: "Sick leave" in client_of(who).get(employee.get_absolute_url()).content.decode()
        for who in (head, trainee, specialist)
    }
    assert seen == {head: True, trainee: True, specialist: False}


def test_hire_and_appoint_in_one_form(tree: Tree, head: User, client_of: ClientOf) -> None:
    position = make_position(tree.a)
    data = {"full_name": "Anna", "hired_on": "2026-11-23", "position": str(position.uid)}
    answer = client_of(head).post(reverse("people:employee-hire"), data)
    employee = Employee.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, employee.get_absolute_url())
    assert employee.appointments.get().position == position


def test_refused_form_keeps_what_was_typed(tree: Tree, head: User, client_of: ClientOf) -> None:
    employee = appointed(tree)
    address = reverse("people:appointment-start", args=[employee.uid])
    position = employee.appointments.get().position
    data = {"position": str(position.uid), "starts_on": "2026-11-23"}
    answer = client_of(head).post(address, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "already holds this position" in page
    assert "2026-11-23" in page


def test_installer_brings_the_minimal_staff_once(tree: Tree, director: User) -> None:
    for _ in range(2):
        install_positions(tree.department, director, InstallOptions())
    positions = {each.model_code: each for each in tree.department.positions.all()}
    assert set(positions) == {row.code for row in POSITIONS}
    for row in POSITIONS:
        assert positions[row.code].unit.model_code == row.unit_codes[0]


def test_model_audit_tells_held_vacant_and_missing(tree: Tree) -> None:
    appointed(tree)
    make_position(tree.a, "A.S2")
    found = positions_probe(tree.department)
    states = [found[code].state for code in ("A.S1", "A.S2", "A.S3")]
    assert states == [State.PRESENT, State.EMPTY, State.MISSING]
    assert set(found) == {row.code for row in POSITIONS}


def test_search_finds_only_what_is_in_scope(tree: Tree, specialist: User, outsider: User) -> None:
    appointed(tree)
    (hit,) = search_employees(specialist, "smirn", 5)
    assert (hit.label, hit.detail) == ("Anna Smirnova", "Position A.S1")
    assert not list(search_employees(outsider, "smirn", 5))
