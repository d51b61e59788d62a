"""Sending of approved reports: schedules, letters, sending again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from kpis.indicators import policies
from kpis.indicators.forms.schedule import ScheduleForm
from kpis.indicators.models import ReportDelivery, ReportSchedule
from kpis.indicators.selectors.deliveries import deliveries_of, readers_of, schedules_of
from kpis.indicators.services.deliveries import Sending, delivery_again, schedule_save
from kpis.indicators.views.place import here
from staff.accounts.access import Access, access, require, user_of

SHOWN = 50


@access(policies.REPORT_WRITE)
@require_GET
def schedule_list(request: HttpRequest) -> HttpResponse:
    at = here(request, policies.REPORT_WRITE)
    scope = at.department.scope
    context = {
        "place": at,
        "schedules": schedules_of(scope),
        "deliveries": deliveries_of(scope)[:SHOWN],
    }
    return render(request, "indicators/schedules.html", context)


class ScheduleForms(FormPage):
    """What a new and a known schedule have in common."""

    form_class = ScheduleForm
    title = gettext_lazy("Sending of the monthly report")
    lead = gettext_lazy(
        "An approved report is sent on this day of the next month, or as soon as it is approved "
        "after it. What was approved is what is sent."
    )
    success_message = gettext_lazy("Saved.")
    success_url_name = cancel_url_name = "indicators:schedule-list"
    schedule: ReportSchedule | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        at = here(self.request, policies.REPORT_WRITE)
        self.scope = self.schedule.scope if self.schedule else at.department.scope
        require(user_of(self.request), policies.REPORT_WRITE, self.scope)
        return super().get_form_kwargs() | {
            "people": readers_of(self.scope),
            "instance": self.schedule,
        }

    def service(self, form: ScheduleForm) -> ReportSchedule:
        return schedule_save(
            actor=user_of(self.request),
            scope=self.scope,
            sending=Sending(**form.cleaned_data),
            schedule=self.schedule,
        )


class ScheduleNew(ScheduleForms):
    access = Access("right", policies.REPORT_WRITE)


class ScheduleEdit(ScheduleForms):
    access = Access("right", policies.REPORT_WRITE)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        rows = ReportSchedule.objects.visible_to(user_of(request), policies.REPORT_WRITE)
        self.schedule = get_object_or_404(rows.select_related("scope"), uid=kwargs["uid"])
        return super().dispatch(request, *args, **kwargs)


@access(policies.REPORT_WRITE)
@require_POST
def delivery_resend(request: HttpRequest, uid: str) -> HttpResponse:
    schedules = ReportSchedule.objects.visible_to(user_of(request), policies.REPORT_WRITE)
    row = get_object_or_404(ReportDelivery, uid=uid, schedule__in=schedules)
    delivery_again(actor=user_of(request), delivery=row)
    messages.success(request, _("The letter goes out again within minutes."))
    return redirect("indicators:schedule-list")
