"""Small rows to test with: a group of one company with one department, and people by role.

Plain functions, no randomness: a test names what it depends on and takes the rest as given.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from departments.structure.blueprint import UNITS
from departments.structure.blueprint import direction as model_direction
from departments.structure.models import Company, Department, Direction, Unit
from staff.accounts.models import RoleGrant, Scope, User
from staff.accounts.rights import Role
from staff.accounts.services.scopes import group_scope, scope_create

PASSWORD = "correct-horse-42"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Tree:
    """One company of the group with one department, its directions A, B, C and their units."""

    group: Scope
    company: Company
    department: Department
    directions: dict[str, Direction]

    @property
    def a(self) -> Direction:
        return self.directions["A"]

    @property
    def b(self) -> Direction:
        return self.directions["B"]

    @property
    def c(self) -> Direction:
        return self.directions["C"]


def make_company(name: str = "Alpha", **fields: object) -> Company:
    scope = scope_create(kind=Scope.Kind.COMPANY, label=name, parent=group_scope())
    return Company.objects.create(scope=scope, name=name, **fields)


def make_department(company: Company, name: str = "Marketing") -> Department:
    scope = scope_create(kind=Scope.Kind.DEPARTMENT, label=name, parent=company.scope)
    department = Department.objects.create(scope=scope, company=company, name=name)
    department.companies.add(company)
    return department


def make_direction(department: Department, code: str) -> Direction:
    """Direction ``code`` with the three units of the ideal model."""
    model = model_direction(code)
    scope = scope_create(kind=Scope.Kind.DIRECTION, label=code, parent=department.scope)
    made = Direction.objects.create(
        scope=scope, department=department, code=code, name_ru=model.ru, name_en=model.en
    )
    Unit.objects.bulk_create(
        Unit(direction=made, model_code=row.code, name_ru=row.ru, name_en=row.en)
        for row in UNITS
        if row.direction == code
    )
    return made


def make_tree(name: str = "Alpha") -> Tree:
    company = make_company(name)
    department = make_department(company)
    directions = {code: make_direction(department, code) for code in "ABC"}
    return Tree(group_scope(), company, department, directions)


def make_user(
    role: str | None = None,
    scope: Scope | None = None,
    *,
    email: str = "",
    full_name: str = "",
    **fields: object,
) -> User:
    """A user who reads English and logs in with `PASSWORD`, with one role when one is given."""
    number = next(_numbers)
    word = role or "nobody"
    user = User.objects.create_user(
        email or f"{word}{number}@alpha.example",
        PASSWORD,
        full_name=full_name or f"{word.replace('_', ' ').title()} {number}",
        **{"language": "en", **fields},
    )
    if role and scope:
        grant(user, role, scope)
    return user


def make_superuser() -> User:
    return make_user(email="root@alpha.example", full_name="Root", is_superuser=True)


def grant(user: User, role: str, scope: Scope) -> RoleGrant:
    """A role without end, written directly: no rights are checked and nothing is audited."""
    user.__dict__.pop("holdings", None)
    return RoleGrant.objects.create(user=user, role=Role(role), scope=scope)


def reread(user: User) -> User:
    """The user as the next request sees them: what they may do is read again."""
    return User.objects.get(pk=user.pk)
