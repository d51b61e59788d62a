"""Employees: the list, the card, hiring, leaving."""

from __future__ import annotations

import uuid
from typing import Any

import django_tables2 as tables
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from config.lib.columns import DayColumn
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, user_of
from staff.people import policies
from staff.people.forms.staff import EmployeeForm, HireForm, LeaveForm
from staff.people.models import Absence, Appointment, Employee
from staff.people.services.appointments import appointment_start
from staff.people.services.employees import employee_edit, employee_hire, employee_leave
from staff.people.views.common import employee_or_404, managed_employee, own_department


class EmployeeTable(tables.Table):
    full_name = tables.Column(verbose_name=gettext_lazy("Full name"))
    positions = tables.Column(
        accessor="held_today", verbose_name=gettext_lazy("Positions"), orderable=False
    )
    department = tables.Column(verbose_name=gettext_lazy("Department"))
    away = tables.Column(
        accessor="away_today", verbose_name=gettext_lazy("Away until"), orderable=False
    )
    hired_on = DayColumn(verbose_name=gettext_lazy("Hired on"))
    left_on = DayColumn(verbose_name=gettext_lazy("Last day"))

    class Meta:
        order_by = ("full_name",)

    def render_positions(self, value: list[Appointment]) -> str:
        return ", ".join(each.position.name for each in value) or "—"

    def value_positions(self, value: list[Appointment]) -> str:
        return ", ".join(each.position.name for each in value)

    def render_away(self, value: list[Absence]) -> str:
        return f"{value[0].ends_on:%d.%m}" if value else "—"

    def value_away(self, value: list[Absence]) -> Any:
        return value[0].ends_on if value else ""


class EmployeeList(ListPage):
    access = Access("right", policies.EMPLOYEE_VIEW)
    title = gettext_lazy("Employees")
    table_class = EmployeeTable
    search_fields = ("full_name", "user__email")
    create_url_name = "people:employee-hire"
    create_label = gettext_lazy("Hire")
    create_right = policies.EMPLOYEE_MANAGE
    empty_title = gettext_lazy("Nobody is employed here yet")
    empty_text = gettext_lazy("Hire the first person and appoint them to a position.")
    empty_icon = "users"
    export_name = "employees"

    def get_queryset(self) -> QuerySet[Employee]:
        day = timezone.localdate()
        held = Appointment.objects.on(day).select_related("position")
        rows = Employee.objects.visible_to(user_of(self.request), policies.EMPLOYEE_VIEW)
        return rows.select_related("department").prefetch_related(
            Prefetch("appointments", queryset=held, to_attr="held_today"),
            Prefetch("absences", queryset=Absence.objects.on(day), to_attr="away_today"),
        )


@require_GET
@access(policies.EMPLOYEE_VIEW)
def employee_detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The card. Reasons of absences are shown to those who manage the staff and to oneself."""
    employee = employee_or_404(request, uid)
    user = user_of(request)
    manages = user.can(policies.EMPLOYEE_MANAGE, employee.department.scope)
    context = {
        "employee": employee,
        "appointments": employee.appointments.select_related("position"),
        "absences": employee.absences.all(),
        "can_manage": manages,
        "sees_reasons": manages or employee.user_id == user.pk,
        "today": timezone.localdate(),
    }
    return render(request, "people/employee.html", context)


class EmployeeHire(FormPage):
    access = Access("right", policies.EMPLOYEE_MANAGE)
    form_class = HireForm
    title = gettext_lazy("New employee")
    submit_label = gettext_lazy("Hire")
    success_message = gettext_lazy("Hired")
    cancel_url_name = "people:employee-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "department": own_department(self.request)}

    @transaction.atomic
    def service(self, form: Any) -> object:
        values = dict(form.cleaned_data)
        position = values.pop("position")
        actor = user_of(self.request)
        employee = employee_hire(actor=actor, department=own_department(self.request), **values)
        if position is not None:
            appointment_start(
                actor=actor, employee=employee, position=position, starts_on=employee.hired_on
            )
        return employee


class EmployeeFormPage(FormPage):
    """A form about one employee; afterwards back to the card."""

    access = Access("right", policies.EMPLOYEE_MANAGE)

    def employee(self) -> Employee:
        return managed_employee(self.request, self.kwargs["uid"])

    def get_success_url(self) -> str:
        return self.employee().get_absolute_url()

    def get_cancel_url(self) -> str:
        return self.employee().get_absolute_url()


class EmployeeEdit(EmployeeFormPage):
    form_class = EmployeeForm
    title = gettext_lazy("Correct the employee")

    def get_form_kwargs(self) -> dict[str, Any]:
        employee = self.employee()
        told = {
            "full_name": employee.full_name,
            "hired_on": employee.hired_on,
            "user": employee.user.uid if employee.user else None,
        }
        return {
            **super().get_form_kwargs(),
            "department": employee.department,
            "employee": employee,
            "initial": told,
        }

    def service(self, form: Any) -> object:
        return employee_edit(
            actor=user_of(self.request), employee=self.employee(), **form.cleaned_data
        )


class EmployeeLeave(EmployeeFormPage):
    form_class = LeaveForm
    title = gettext_lazy("The person leaves")
    lead = gettext_lazy("Appointments end on the same day. Roles are ended on the page of users.")

    def service(self, form: Any) -> object:
        return employee_leave(
            actor=user_of(self.request), employee=self.employee(), **form.cleaned_data
        )
