"""Units of a direction."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.forms import FormPage
from departments.structure import policies
from departments.structure.forms import UnitForm
from departments.structure.models import Department, Direction, Unit
from departments.structure.services.departments import unit_save
from departments.structure.views.lookup import direction_of
from staff.accounts.access import Access, require, user_of


class UnitCreate(FormPage):
    access = Access("right", policies.STRUCTURE_MANAGE)
    form_class = UnitForm
    success_message = _("The unit is added.")

    @cached_property
    def direction(self) -> Direction:
        direction = direction_of(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.STRUCTURE_MANAGE, direction.scope)
        return direction

    def get_title(self) -> str:
        return gettext("New unit in direction %(direction)s") % {"direction": self.direction}

    def service(self, form: UnitForm) -> Unit:
        return unit_save(actor=user_of(self.request), direction=self.direction, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.direction.department.get_absolute_url()

    get_cancel_url = get_success_url


class UnitEdit(FormPage):
    access = Access("right", policies.STRUCTURE_MANAGE)
    form_class = UnitForm
    success_message = _("Saved.")

    @cached_property
    def unit(self) -> Unit:
        user = user_of(self.request)
        departments = Department.objects.visible_to(user, policies.STRUCTURE_VIEW)
        rows = Unit.objects.filter(direction__department__in=departments)
        related = rows.select_related("direction__scope", "direction__department")
        unit: Unit = get_object_or_404(related, uid=self.kwargs["uid"])
        require(user, policies.STRUCTURE_MANAGE, unit.direction.scope)
        return unit

    def get_title(self) -> str:
        return gettext("Unit: %(name)s") % {"name": self.unit.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Unit.objects.get(pk=self.unit.pk)}

    def service(self, form: UnitForm) -> Unit:
        unit, actor = self.unit, user_of(self.request)
        return unit_save(actor=actor, direction=unit.direction, unit=unit, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.unit.direction.department.get_absolute_url()

    get_cancel_url = get_success_url
