"""The row of the address, if the person may see it; 404 otherwise."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from departments.structure import policies
from departments.structure.models import Company, Department, Direction
from staff.accounts.access import user_of


def company_of(request: HttpRequest, uid: UUID) -> Company:
    rows = Company.objects.visible_to(user_of(request), policies.STRUCTURE_VIEW)
    company: Company = get_object_or_404(rows.select_related("scope"), uid=uid)
    return company


def department_of(
    request: HttpRequest, uid: UUID, right: str = policies.STRUCTURE_VIEW
) -> Department:
    rows = Department.objects.visible_to(user_of(request), right)
    related = rows.select_related("scope", "company__scope")
    department: Department = get_object_or_404(related, uid=uid)
    return department


def direction_of(request: HttpRequest, uid: UUID) -> Direction:
    """A direction of a department that is visible."""
    departments = Department.objects.visible_to(user_of(request), policies.STRUCTURE_VIEW)
    rows = Direction.objects.filter(department__in=departments)
    related = rows.select_related("scope", "department")
    direction: Direction = get_object_or_404(related, uid=uid)
    return direction
