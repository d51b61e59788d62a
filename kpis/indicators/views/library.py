"""The KPI editor: the library, a KPI's words and rules, its formula with a live preview."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.lib.dates import month_first
from config.lib.errors import AppError, Forbidden
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from kpis.indicators import policies
from kpis.indicators.filters import KpiFilter
from kpis.indicators.forms.kpis import FormulaForm, KpiForm, TrialForm
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.editor import (
    Tried,
    functions,
    insertable_kpis,
    insertable_metrics,
    tried,
)
from kpis.indicators.services import kpis as service
from kpis.indicators.views.place import Here, here
from staff.accounts.access import Access, access, require, user_of


class KpiTable(tables.Table):
    number = tables.Column(verbose_name=_("No."), default="—", order_by=("position", "code"))
    name = tables.Column(verbose_name=_("KPI"), order_by=("name_ru",))
    section = tables.Column(verbose_name=_("Section"))
    level = tables.Column(verbose_name=_("Level"))
    unit = tables.Column(verbose_name=_("Unit"))
    better = tables.Column(verbose_name=_("Which way is good"))
    is_main = tables.BooleanColumn(verbose_name=_("Dashboard"), yesno="✓,—")
    owner = tables.Column(verbose_name=_("Owner"), default="—", accessor="owner__full_name")

    class Meta:
        model = Kpi
        fields = ("number", "name", "section", "level", "unit", "better", "is_main", "owner")
        order_by = ("number",)

    def render_name(self, record: Kpi) -> SafeString:
        return render_to_string("indicators/_kpi_name.html", {"kpi": record})

    def value_name(self, record: Kpi) -> str:
        return record.name


class KpiLibrary(ListPage):
    access = Access("right", policies.KPI_VIEW)
    title = _("KPI library")
    lead = _("Every KPI with its meaning and formula: those of the product and your own.")
    table_class = KpiTable
    filterset_class = KpiFilter
    search_fields = ("name_ru", "name_en", "code", "number", "versions__formula")
    create_url_name = "indicators:kpi-create"
    create_label = _("New KPI")
    create_right = policies.KPI_MANAGE
    empty_title = _("No KPIs yet")
    empty_icon = "chart-line"
    export_name = "kpis"

    def get_queryset(self) -> QuerySet[Kpi]:
        return Kpi.objects.select_related("owner").distinct()

    def row_url(self, record: Kpi) -> str:
        manages = user_of(self.request).can(policies.KPI_MANAGE)
        page = "indicators:kpi-edit" if manages else "indicators:kpi-detail"
        return reverse(page, args=[record.code])


class _Editor(FormPage):
    """What the pages of the editor have in common. "Preview" sends the form without saving it."""

    access = Access("right", policies.KPI_MANAGE)
    template_name = "indicators/kpi_form.html"

    @cached_property
    def at(self) -> Here:
        at = here(self.request, policies.KPI_MANAGE)
        require(user_of(self.request), policies.KPI_MANAGE, at.department.scope)
        return at

    @cached_property
    def kpi(self) -> Kpi | None:
        code = self.kwargs.get("code")
        return get_object_or_404(Kpi, code=code) if code else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" in request.POST:
            form = self.get_form()
            form.is_valid()
            return self.render_to_response(
                self.get_context_data(form=form, trial=_tried(request, self.at, self.kpi))
            )
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            "kpi": self.kpi,
            "place": self.at,
            "metrics": insertable_metrics(),
            "kpis": insertable_kpis(self.kpi),
            "functions": functions(),
            "has_formula": True,
            **super().get_context_data(**kwargs),
        }

    def get_success_url(self) -> str:
        kpi = self.kpi or self.result
        code = getattr(kpi, "code", "")  # the form of a new KPI has made one
        return reverse("indicators:kpi-edit", args=[code])


class KpiCreate(_Editor):
    form_class = KpiForm
    title = _("New KPI")
    lead = _("A KPI of your own. Its formula is tried on your figures while you type.")
    success_message = _("The KPI is in the library.")
    cancel_url_name = "indicators:kpi-library"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"viewer": user_of(self.request), "instance": Kpi()}

    def service(self, form: KpiForm) -> Kpi:
        return service.kpi_create(
            actor=user_of(self.request),
            scope=self.at.department.scope,
            code=form.cleaned_data["code"],
            plan=form.plan,
            formula=form.cleaned_data["formula"],
            today=self.at.today,
        )


class KpiEdit(_Editor):
    form_class = KpiForm
    success_message = _("Saved.")
    cancel_url_name = "indicators:kpi-library"

    def get_title(self) -> str:
        return str(Kpi.objects.get(pk=self.kpi.pk)) if self.kpi else ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"viewer": user_of(self.request), "instance": self.kpi}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kpi = Kpi.objects.get(code=self.kwargs["code"])
        return super().get_context_data(**kwargs) | {
            "kpi": kpi,
            "versions": kpi.versions.select_related("author").order_by("-valid_from"),
            "has_formula": False,
        }

    def service(self, form: KpiForm) -> Kpi:
        return service.kpi_edit(
            actor=user_of(self.request),
            scope=self.at.department.scope,
            kpi=get_object_or_404(Kpi, code=self.kwargs["code"]),
            plan=form.plan,
            edits=form.cleaned_data["edits"] or 0,
        )


class KpiFormula(_Editor):
    form_class = FormulaForm
    submit_label = _("Save the formula")
    success_message = _("The formula is saved.")

    def get_title(self) -> str:
        return gettext("Formula of “%(kpi)s”") % {"kpi": self.kpi}

    def get_initial(self) -> dict[str, Any]:
        newest = self.kpi.versions.order_by("valid_from").last() if self.kpi else None
        month = month_first(self.at.today)
        return {"formula": newest.formula if newest else "", "valid_from": month}

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def service(self, form: FormulaForm) -> object:
        assert self.kpi is not None  # noqa: S101  the address has its code
        return service.kpi_formula_set(
            actor=user_of(self.request),
            scope=self.at.department.scope,
            kpi=self.kpi,
            today=self.at.today,
            **form.cleaned_data,
        )


@access(policies.KPI_MANAGE)
@require_POST
def kpi_preview(request: HttpRequest) -> HttpResponse:
    """The part of the editor that follows what is typed."""
    at = here(request, policies.KPI_MANAGE)
    kpi = Kpi.objects.filter(code=request.GET.get("kpi", "")).first()
    context = {"trial": _tried(request, at, kpi), "place": at}
    return render(request, "indicators/_trial.html", context)


def _tried(request: HttpRequest, at: Here, kpi: Kpi | None) -> Tried:
    form = TrialForm(request.POST)
    new = Kpi(unit=Kpi.Unit.COUNT, better=Kpi.Way.UP, plan_method=Kpi.Plan.NONE)
    base = Kpi.objects.get(pk=kpi.pk) if kpi else new
    return tried(
        department=at.department,
        kpi=form.kpi(base),
        formula=request.POST.get("formula", ""),
        today=at.today,
    )


@access(policies.KPI_MANAGE)
@require_POST
def kpi_archive(request: HttpRequest, code: str) -> HttpResponse:
    """Put away or, with ``restore``, take back."""
    at, kpi = here(request, policies.KPI_MANAGE), get_object_or_404(Kpi, code=code)
    act = service.kpi_restore if "restore" in request.POST else service.kpi_archive
    row = act(actor=user_of(request), scope=at.department.scope, kpi=kpi)
    messages.success(request, gettext("Archived.") if row.is_archived else gettext("Restored."))
    return redirect("indicators:kpi-edit", code)


@access(policies.KPI_MANAGE)
@require_POST
def kpi_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete, or come back with the reason why not."""
    at, kpi = here(request, policies.KPI_MANAGE), get_object_or_404(Kpi, code=code)
    try:
        service.kpi_delete(actor=user_of(request), scope=at.department.scope, kpi=kpi)
    except Forbidden:
        raise
    except AppError as error:
        messages.error(request, str(error.message))
        return redirect("indicators:kpi-edit", code)
    messages.success(request, gettext("Deleted: %(kpi)s") % {"kpi": kpi})
    return redirect("indicators:kpi-library")
