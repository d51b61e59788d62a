"""Appointments and absences of one employee."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from staff.accounts.access import access, user_of
from staff.people import policies
from staff.people.forms.staff import AbsenceForm, AppointForm, EndForm
from staff.people.models import Absence, Appointment
from staff.people.services.absences import absence_add, absence_cancel
from staff.people.services.appointments import appointment_end, appointment_start
from staff.people.views.employees import EmployeeFormPage


class AppointmentStart(EmployeeFormPage):
    form_class = AppointForm
    title = gettext_lazy("Appoint")
    submit_label = gettext_lazy("Appoint")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "employee": self.employee()}

    def service(self, form: Any) -> object:
        return appointment_start(
            actor=user_of(self.request), employee=self.employee(), **form.cleaned_data
        )


class AppointmentEnd(EmployeeFormPage):
    form_class = EndForm
    title = gettext_lazy("End the appointment")

    def service(self, form: Any) -> object:
        appointments = Appointment.objects.filter(employee=self.employee())
        appointment = get_object_or_404(
            appointments.select_related("position__scope"), uid=self.kwargs["appointment"]
        )
        return appointment_end(
            actor=user_of(self.request), appointment=appointment, **form.cleaned_data
        )


class AbsenceAdd(EmployeeFormPage):
    form_class = AbsenceForm
    title = gettext_lazy("Note an absence")

    def service(self, form: Any) -> object:
        return absence_add(
            actor=user_of(self.request), employee=self.employee(), **form.cleaned_data
        )


@require_POST
@access(policies.EMPLOYEE_MANAGE)
def absence_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = Absence.objects.visible_to(user_of(request), policies.EMPLOYEE_VIEW)
    absence = get_object_or_404(rows.select_related("employee__department__scope"), uid=uid)
    absence_cancel(actor=user_of(request), absence=absence)
    messages.success(request, _("The absence is removed."))
    return redirect(absence.employee)
