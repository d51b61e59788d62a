"""Departments: list, card, "New department by the ideal model"."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.structure import policies
from departments.structure.cards import department_card
from departments.structure.forms import ByModelForm, DepartmentForm
from departments.structure.models import Department
from departments.structure.services.departments import (
    department_create_by_model,
    department_update,
)
from departments.structure.tables import DepartmentTable
from departments.structure.views.lookup import department_of
from staff.accounts.access import Access, access, require, user_of


class DepartmentList(ListPage):
    access = Access("right", policies.STRUCTURE_VIEW)
    table_class = DepartmentTable
    search_fields = ("name", "company__name")
    title = _("Departments")
    create_url_name = "structure:department-create"
    create_label = _("New department by the ideal model")
    create_right = policies.COMPANY_MANAGE
    empty_text = _("Create one by the ideal model: directions, units and tasks come with it.")
    empty_icon = "sitemap"
    export_name = "departments"

    def get_queryset(self) -> QuerySet[Any]:
        rows = Department.objects.visible_to(user_of(self.request), policies.STRUCTURE_VIEW)
        return rows.select_related("company").prefetch_related("companies", "directions")


@access(policies.STRUCTURE_VIEW)
@require_GET
def department_detail(request: HttpRequest, uid: Any) -> HttpResponse:
    card = department_card(user_of(request), department_of(request, uid))
    return render(request, "structure/department_detail.html", card)


class DepartmentCreate(FormPage):
    access = Access("right", policies.COMPANY_MANAGE)
    form_class = ByModelForm
    title = _("New department by the ideal model")
    lead = _(
        "Directions, units, positions and tasks are created at once; then see what is missing."
    )
    submit_label = _("Create")
    success_message = _("The department is created. This is what it has and what it still lacks.")
    cancel_url_name = "structure:department-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: ByModelForm) -> Department:
        data = dict(form.cleaned_data)
        return department_create_by_model(actor=user_of(self.request), **data)

    def get_success_url(self) -> str:
        created = self.result
        return reverse("structure:model-audit", args=[getattr(created, "uid", "")])


class DepartmentEdit(FormPage):
    access = Access("right", policies.STRUCTURE_MANAGE)
    form_class = DepartmentForm
    success_message = _("Saved.")

    @cached_property
    def department(self) -> Department:
        department = department_of(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.STRUCTURE_MANAGE, department.scope)
        return department

    def get_title(self) -> str:
        return self.department.name

    def get_initial(self) -> dict[str, Any]:
        served = [company.uid for company in self.department.companies.all()]
        return {"name": self.department.name, "companies": served}

    def get_form_kwargs(self) -> dict[str, Any]:
        extra = {"actor": user_of(self.request), "department": self.department}
        return super().get_form_kwargs() | extra

    def service(self, form: DepartmentForm) -> Department:
        actor, data = user_of(self.request), dict(form.cleaned_data)
        return department_update(actor=actor, department=self.department, **data)

    def get_cancel_url(self) -> str:
        return self.department.get_absolute_url()
