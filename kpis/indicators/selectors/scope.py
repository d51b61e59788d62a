"""Where a department's figures lie."""

from __future__ import annotations

from departments.structure.models import Department
from staff.accounts.models import Scope


def figures_scope(department: Department) -> Scope:
    """The scope whose sources make the KPIs of ``department``. One query.

    A company's only department answers for the whole company, so sources kept at the company count
    too. Beside other departments it has only its own: nobody's figures are counted twice.
    """
    company = department.company
    beside = Department.objects.filter(companies=company).exclude(pk=department.pk)
    return department.scope if beside.exists() else company.scope
