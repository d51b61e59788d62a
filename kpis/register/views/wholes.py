"""Figures of whole periods: the list, and entering one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.forms.whole import WholeFigureForm
from kpis.register.models import WholeFigure
from kpis.register.periods import named_span
from kpis.register.services.wholes import whole_figure_set
from kpis.register.tables_results import WholeFigureTable
from staff.accounts.access import Access, user_of


class WholeFigureList(ListPage):
    access = Access("right", policies.RESULT_VIEW)
    template_name = "register/reconciliations.html"
    table_class = WholeFigureTable
    search_fields = ("metric__name_ru", "metric__name_en", "origin")
    title = _("Figures of whole periods")
    lead = _(
        "Unique people do not add up over days: here is what the sources say of whole periods."
    )
    create_url_name = "register:whole-new"
    create_label = _("Enter a figure")
    create_right = policies.RESULT_ENTER
    empty_title = _("No figures of whole periods yet")
    empty_text = _("Take last month's reach from the cabinet: frequency and reach need it.")
    empty_icon = "calendar-stats"
    export_name = "whole-figures"

    def get_queryset(self) -> QuerySet[Any]:
        rows = WholeFigure.objects.visible_to(user_of(self.request), policies.RESULT_VIEW)
        newest = rows.in_force().values("pk")
        return WholeFigure.objects.filter(pk__in=newest).select_related(
            "scope__parent", "metric", "author"
        )


class WholeFigureNew(FormPage):
    access = Access("right", policies.RESULT_ENTER)
    form_class = WholeFigureForm
    title = _("Figure of a whole period")
    lead = _("A later entry of the same period replaces the earlier one; both stay in the audit.")
    submit_label = _("Enter")
    success_message = _("Entered.")
    success_url_name = "register:whole-list"
    cancel_url_name = "register:whole-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": user_of(self.request)}

    def get_initial(self) -> dict[str, Any]:
        """Last month, or what another page asks for."""
        span = named_span("prev_month", timezone.localdate())
        first, last = span if span else (None, None)
        given = {name: value for name, value in self.request.GET.items() if value}
        return super().get_initial() | {"first_day": first, "last_day": last} | given

    def service(self, form: WholeFigureForm) -> WholeFigure:
        data = form.cleaned_data
        return whole_figure_set(
            actor=user_of(self.request),
            scope=data["scope"],
            metric=data["metric"],
            first=data["first_day"],
            last=data["last_day"],
            value=data["value"],
            origin=data["origin"],
            today=timezone.localdate(),
        )
