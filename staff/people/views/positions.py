"""The staff list."""

from __future__ import annotations

import uuid
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from config.lib.columns import NumberColumn
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, require, user_of
from staff.people import policies
from staff.people.forms.staff import PositionForm
from staff.people.models import Position
from staff.people.services.positions import position_create, position_edit
from staff.people.views.common import own_department, position_or_404


class PositionTable(tables.Table):
    model_code = tables.Column(verbose_name=gettext_lazy("Code"))
    name = tables.Column(verbose_name=gettext_lazy("Position"), order_by=("name_ru",))
    unit = tables.Column(verbose_name=gettext_lazy("Unit"))
    planned_headcount = NumberColumn(verbose_name=gettext_lazy("Planned headcount"))
    appointed = NumberColumn(verbose_name=gettext_lazy("Appointed"))

    class Meta:
        order_by = ("model_code", "name")


class PositionList(ListPage):
    access = Access("right", policies.EMPLOYEE_VIEW)
    title = gettext_lazy("Positions")
    lead = gettext_lazy("The staff list: planned places and the people appointed today.")
    table_class = PositionTable
    search_fields = ("name_ru", "name_en", "model_code")
    create_url_name = "people:position-create"
    create_label = gettext_lazy("New position")
    create_right = policies.EMPLOYEE_MANAGE
    empty_title = gettext_lazy("No positions yet")
    empty_text = gettext_lazy("A department created by the ideal model brings nine along.")
    empty_icon = "id-badge-2"
    export_name = "positions"

    def get_queryset(self) -> QuerySet[Position]:
        rows = Position.objects.visible_to(user_of(self.request), policies.EMPLOYEE_VIEW)
        return rows.with_headcount(timezone.localdate()).select_related("unit")


@require_GET
@access(policies.EMPLOYEE_VIEW)
def position_detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    position = position_or_404(request, uid)
    context = {
        "position": position,
        "appointments": position.appointments.select_related("employee"),
        "can_manage": user_of(request).can(policies.EMPLOYEE_MANAGE, position.scope),
        "today": timezone.localdate(),
    }
    return render(request, "people/position.html", context)


class PositionCreate(FormPage):
    access = Access("right", policies.EMPLOYEE_MANAGE)
    form_class = PositionForm
    title = gettext_lazy("New position")
    cancel_url_name = "people:position-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "department": own_department(self.request)}

    def service(self, form: Any) -> object:
        department = own_department(self.request)
        return position_create(
            actor=user_of(self.request), department=department, **form.cleaned_data
        )


class PositionEdit(FormPage):
    access = Access("right", policies.EMPLOYEE_MANAGE)
    form_class = PositionForm
    title = gettext_lazy("Change the position")

    def position(self) -> Position:
        position = position_or_404(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.EMPLOYEE_MANAGE, position.scope)
        return position

    def get_form_kwargs(self) -> dict[str, Any]:
        position = self.position()
        told = {name: getattr(position, name) for name in PositionForm.base_fields}
        kwargs = {**super().get_form_kwargs(), "initial": told}
        return {**kwargs, "department": position.department}

    def get_cancel_url(self) -> str:
        return reverse("people:position-detail", args=[self.kwargs["uid"]])

    def service(self, form: Any) -> object:
        return position_edit(
            actor=user_of(self.request), position=self.position(), **form.cleaned_data
        )
