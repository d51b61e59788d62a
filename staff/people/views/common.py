"""Finding rows of the staff: outside one's scope they do not exist."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from departments.structure.models import Department
from staff.accounts.access import require, user_of
from staff.people import policies
from staff.people.models import Employee, Position


def employee_or_404(request: HttpRequest, uid: uuid.UUID) -> Employee:
    rows = Employee.objects.visible_to(user_of(request), policies.EMPLOYEE_VIEW)
    joined = rows.select_related("department__scope", "department__company", "user")
    employee: Employee = get_object_or_404(joined, uid=uid)
    return employee


def position_or_404(request: HttpRequest, uid: uuid.UUID) -> Position:
    rows = Position.objects.visible_to(user_of(request), policies.EMPLOYEE_VIEW)
    joined = rows.select_related("department__scope", "scope", "direction", "unit")
    position: Position = get_object_or_404(joined, uid=uid)
    return position


def managed_employee(request: HttpRequest, uid: uuid.UUID) -> Employee:
    """The employee; 403 for those who see but do not manage them."""
    employee = employee_or_404(request, uid)
    require(user_of(request), policies.EMPLOYEE_MANAGE, employee.department.scope)
    return employee


def own_department(request: HttpRequest) -> Department:
    """The department of a new row: the one named in the address, else the first one managed."""
    departments = Department.objects.visible_to(user_of(request), policies.EMPLOYEE_MANAGE)
    if wanted := request.GET.get("department"):
        departments = departments.filter(name=wanted)
    joined = departments.select_related("scope", "company").order_by("pk")
    department: Department | None = joined.first()
    if department is None:
        raise Http404
    return department
