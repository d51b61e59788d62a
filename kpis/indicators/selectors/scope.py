"""Where a department's figures lie."""

from __future__ import annotations

from departments.structure.models import Department
from staff.accounts.models import Scope

REMEMBERED = "_figures_scope"


def figures_scope(department: Department) -> Scope:
    """The scope whose sources make the KPIs of ``department``. One query.

    A company's only department answers for the whole company, so sources kept at the company count
    too. Beside other departments it has only its own: nobody's figures are counted twice.
    """
    # One page asks several times about one department: its row remembers the answer.
    known: Scope | None = department.__dict__.get(REMEMBERED)
    if known is None:
        company = department.company
        beside = Department.objects.filter(companies=company).exclude(pk=department.pk)
        known = department.scope if beside.exists() else company.scope
        department.__dict__[REMEMBERED] = known
    return known
