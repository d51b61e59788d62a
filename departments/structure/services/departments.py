"""Departments: by the ideal model in one step, and their later changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Invalid
from departments.structure import policies
from departments.structure.blueprint import UNITS
from departments.structure.blueprint import direction as model_direction
from departments.structure.install_registry import InstallOptions, optional_parts, parts
from departments.structure.models import Company, Department, Direction, Unit
from departments.structure.services.companies import company_create
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit
from staff.accounts.services.scopes import scope_create, scope_rename


@transaction.atomic
def department_create_by_model(
    *,
    actor: User,
    name: str,
    company: Company | None = None,
    company_name: str = "",
    companies: Iterable[Company] = (),
    directions: Sequence[str] = ("A", "B", "C"),
    install: Iterable[str] | None = None,
) -> Department:
    """A department with its directions, units and everything the floors above install.

    Its home is ``company``, or a new one called ``company_name``; it also serves ``companies``.
    ``install`` names the optional parts, None means all of them. All of it is made or nothing.

    Raises `Forbidden` without the right on any of the companies, `Invalid` by field otherwise.
    """
    if company is None and not company_name.strip():
        raise Invalid(fields={"company": _("Choose a company or give the name of a new one.")})
    if not directions or set(directions) - set(Direction.Code.values):
        raise Invalid(fields={"directions": _("Choose at least one direction.")})
    home = company or company_create(actor=actor, name=company_name.strip())
    served = {home, *companies}
    for one in served:
        require(actor, policies.COMPANY_MANAGE, one.scope)
    department = _department(home, name.strip(), served)
    for code in sorted(set(directions)):
        direction_install(department=department, code=code)
    audit(
        action="structure.department.created",
        actor=actor,
        target=department,
        scope=department.scope,
        after={
            "name": department.name,
            "companies": sorted(one.name for one in served),
            "directions": sorted(set(directions)),
        },
    )
    chosen = {part.code for part in optional_parts()} if install is None else set(install)
    options = InstallOptions(tuple(sorted(set(directions))), frozenset(chosen))
    for part in parts():
        if not part.code or part.code in chosen:
            part.installer(department, actor, options)
    return department


def _department(home: Company, name: str, served: Iterable[Company]) -> Department:
    scope = scope_create(kind=Scope.Kind.DEPARTMENT, label=name, parent=home.scope)
    department = Department(scope=scope, company=home, name=name, by_ideal_model=True)
    full_clean(department, exclude=["companies"])
    department.save()
    department.companies.set(served)
    return department


def direction_install(*, department: Department, code: str) -> Direction:
    """Direction ``code`` with the units of the ideal model; what is there already stays."""
    found = Direction.objects.filter(department=department, code=code).first()
    if found is None:
        model = model_direction(code)
        scope = scope_create(kind=Scope.Kind.DIRECTION, label=code, parent=department.scope)
        found = Direction.objects.create(
            scope=scope, department=department, code=code, name_ru=model.ru, name_en=model.en
        )
    known = set(found.units.values_list("model_code", flat=True))
    Unit.objects.bulk_create(
        Unit(direction=found, model_code=row.code, name_ru=row.ru, name_en=row.en)
        for row in UNITS
        if row.direction == code and row.code not in known
    )
    return found


@transaction.atomic
def department_update(
    *,
    actor: User,
    department: Department,
    name: str,
    companies: Iterable[Company],
    directions: Sequence[str] = (),
) -> Department:
    """Rename, change which companies are served, add ``directions`` (none is ever taken away).

    A company is added by whoever may change that company; the home company always stays.
    """
    require(actor, policies.STRUCTURE_MANAGE, department.scope)
    old = set(department.companies.select_related("scope"))
    new = {department.company, *companies}
    for changed in old ^ new:
        require(actor, policies.COMPANY_MANAGE, changed.scope)
    before = _told(department.name, old, department)
    department.name = name.strip()
    full_clean(department, exclude=["companies"])
    department.save()
    department.companies.set(new)
    scope_rename(scope=department.scope, label=department.name)
    for code in directions:
        direction_install(department=department, code=code)
    audit(
        action="structure.department.changed",
        actor=actor,
        target=department,
        scope=department.scope,
        before=before,
        after=_told(department.name, new, department),
    )
    return department


def _told(name: str, companies: Iterable[Company], department: Department) -> dict[str, object]:
    codes = Direction.objects.filter(department=department).values_list("code", flat=True)
    return {
        "name": name,
        "companies": sorted(company.name for company in companies),
        "directions": sorted(codes),
    }


@transaction.atomic
def unit_save(
    *, actor: User, direction: Direction, name_ru: str, name_en: str = "", unit: Unit | None = None
) -> Unit:
    """A unit of one's own in the direction, or a unit renamed; its model code stays."""
    require(actor, policies.STRUCTURE_MANAGE, direction.scope)
    row = unit or Unit(direction=direction)
    before = {"name_ru": row.name_ru, "name_en": row.name_en} if unit else {}
    row.name_ru, row.name_en = name_ru, name_en
    full_clean(row)
    row.save()
    audit(
        action="structure.unit.changed" if unit else "structure.unit.created",
        actor=actor,
        target=row,
        scope=direction.scope,
        before=before,
        after={"name_ru": name_ru, "name_en": name_en},
    )
    return row
