"""Notes on days of the figures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.lib.columns import DayColumn
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.work.clock import today_of
from kpis.indicators import policies
from kpis.indicators.filters import AnnotationFilter
from kpis.indicators.forms.alerts import AnnotationForm
from kpis.indicators.models import Annotation, Kpi
from kpis.indicators.selectors.alerts import department_of
from kpis.indicators.selectors.annotations import annotations_visible
from kpis.indicators.services import annotations as service
from kpis.indicators.views.place import Here, here
from staff.accounts.access import Access, access, require, user_of


class AnnotationTable(tables.Table):
    first_day = DayColumn(verbose_name=_("From"))
    last_day = DayColumn(verbose_name=_("To"))
    words = tables.Column(verbose_name=_("What happened"), order_by=("text",))
    kpi = tables.Column(verbose_name=_("KPI"), default=_("all KPIs"), order_by=("kpi__name_ru",))
    scope = tables.Column(verbose_name=_("Whose figures"), orderable=False)
    kind = tables.Column(verbose_name=_("Made by"))
    excludes_from_norm = tables.BooleanColumn(verbose_name=_("Not usual"), yesno="✓,—")
    author = tables.Column(verbose_name=_("Author"), default="—", order_by=("author__full_name",))

    class Meta:
        model = Annotation
        fields = (
            "first_day", "last_day", "words", "kpi", "scope", "kind", "excludes_from_norm",
            "author",
        )  # fmt: skip
        order_by = ("-first_day",)


class AnnotationList(ListPage):
    access = Access("right", policies.KPI_VIEW)
    title = _("Notes on days")
    lead = _("Why a figure is as it is: sales, breakdowns, changed formulas and targets.")
    table_class = AnnotationTable
    filterset_class = AnnotationFilter
    search_fields = ("text", "texts__ru", "texts__en", "kpi__name_ru", "kpi__name_en")
    create_url_name = "indicators:annotation-create"
    create_label = _("New note")
    create_right = policies.ANNOTATION_WRITE
    empty_title = _("No notes yet")
    empty_text = _("Write down what made a day special: charts show it, alerts know of it.")
    empty_icon = "note"
    export_name = "notes"

    def get_queryset(self) -> QuerySet[Annotation]:
        return annotations_visible(user_of(self.request))

    def row_url(self, record: Annotation) -> str | None:
        writes = user_of(self.request).can(policies.ANNOTATION_WRITE, record.scope)
        return record.get_absolute_url() if writes else None


class _Note(FormPage):
    access = Access("right", policies.ANNOTATION_WRITE)
    form_class = AnnotationForm
    success_url_name = cancel_url_name = "indicators:annotation-list"

    @cached_property
    def at(self) -> Here:
        return here(self.request, policies.ANNOTATION_WRITE)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"department": self.at.department, "viewer": user_of(self.request)}
        return super().get_form_kwargs() | own


class AnnotationCreate(_Note):
    """``?kpi=code`` and ``?day=2026-11-21`` fill in what a chart knows."""

    title = _("New note")
    success_message = _("The note is on the charts.")

    def get_initial(self) -> dict[str, Any]:
        day = self.request.GET.get("day") or self.at.today
        kpi = Kpi.objects.filter(code=self.request.GET.get("kpi", "")).first()
        scope = self.at.department.scope
        return {"first_day": day, "last_day": day, "kpi": kpi, "scope": scope}

    def service(self, form: AnnotationForm) -> Annotation:
        return service.annotation_add(actor=user_of(self.request), **form.cleaned_data)


class AnnotationEdit(_Note):
    template_name = "indicators/annotation.html"
    title = _("Note on days")
    success_message = _("Saved.")

    @cached_property
    def note(self) -> Annotation:
        user = user_of(self.request)
        note = get_object_or_404(annotations_visible(user), uid=self.kwargs["uid"])
        require(user, policies.ANNOTATION_WRITE, note.scope)
        return note

    @cached_property
    def at(self) -> Here:
        department = department_of(self.note.scope)
        if department is None:  # a company's or the group's own
            return here(self.request, policies.ANNOTATION_WRITE)
        return Here(department, (department,), today_of(department))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.note}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note = Annotation.objects.get(pk=self.note.pk)
        return super().get_context_data(**kwargs) | {"note": note}

    def service(self, form: AnnotationForm) -> Annotation:
        stored = Annotation.objects.select_related("scope", "kpi").get(pk=self.note.pk)
        kept = {name: getattr(stored, name) for name in ("kpi", "first_day", "last_day", "text")}
        typed = {**kept, **form.cleaned_data}
        return service.annotation_edit(actor=user_of(self.request), annotation=stored, **typed)


@access(policies.ANNOTATION_WRITE)
@require_POST
def annotation_delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    note = get_object_or_404(annotations_visible(user_of(request)), uid=uid)
    service.annotation_delete(actor=user_of(request), annotation=note)
    messages.success(request, gettext("Deleted."))
    return redirect("indicators:annotation-list")
