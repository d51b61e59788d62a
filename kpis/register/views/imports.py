"""Giving a file, its page while and after it is loaded, the history of loads."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.export import csv_response
from config.lib.forms import FormPage
from config.lib.htmx import is_fragment
from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.filters import ImportFilter
from kpis.register.forms.upload import UploadForm
from kpis.register.models import FileImport
from kpis.register.selectors.imports import import_card, import_errors, imports_visible
from kpis.register.selectors.undo import undo_plan
from kpis.register.services.imports import import_create
from kpis.register.services.undo import import_undo
from kpis.register.services.uploads import import_create_with_source
from kpis.register.tables import ImportTable
from staff.accounts.access import Access, access, require, user_of


class ImportList(ListPage):
    access = Access("right", policies.SOURCE_VIEW)
    table_class = ImportTable
    filterset_class = ImportFilter
    search_fields = ("original_name", "source__name")
    title = _("Loaded files")
    lead = _("Every file that was given to the register and what came of it.")
    create_url_name = "register:import-new"
    create_label = _("Load file")
    create_right = policies.IMPORT
    empty_title = _("No file has been loaded yet")
    empty_text = _("Load a CSV or Excel report: its columns are matched with metrics once.")
    empty_icon = "file-upload"
    export_name = "imports"

    def get_queryset(self) -> QuerySet[FileImport]:
        return imports_visible(user_of(self.request))


class ImportNew(FormPage):
    access = Access("right", policies.IMPORT)
    template_name = "register/import_new.html"
    form_class = UploadForm
    title = _("Load file")
    lead = _("The next step shows the columns and the first rows; nothing is loaded before that.")
    submit_label = _("Upload and continue")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": user_of(self.request)}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"source": self.request.GET.get("source", "")}

    def service(self, form: UploadForm) -> FileImport:
        data = form.cleaned_data
        actor, file = user_of(self.request), data["file"]
        if data["source"]:
            return import_create(actor=actor, source=data["source"], name=file.name, content=file)
        return import_create_with_source(
            actor=actor,
            scope=data["scope"],
            source_name=data["new_name"],
            currency=data["currency"] or "RUB",
            name=file.name,
            content=file,
        )

    def get_success_url(self) -> str:
        record = self.result
        return reverse("register:import-columns", args=[record.uid]) if record else ""  # type: ignore[attr-defined]  # a FileImport


@access(policies.SOURCE_VIEW)
@require_GET
def import_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    record = get_object_or_404(imports_visible(user), uid=uid)
    if record.state == FileImport.State.UPLOADED and user.can(policies.IMPORT, record.source.scope):
        return redirect("register:import-columns", uid=uid)
    template = "register/_import.html" if is_fragment(request) else "register/import_detail.html"
    return render(request, template, import_card(record, user=user))


class ImportUndo(FormPage):
    """Says what undoing a loaded file does, and does it."""

    access = Access("right", policies.IMPORT)
    template_name = "register/import_undo.html"
    form_class = Form
    title = _("Undo the load of a file")
    submit_label = _("Take the file out")
    success_message = _("The file is being taken out of the register.")

    @cached_property
    def record(self) -> FileImport:
        """The import. Raises 403 where the person may only see it."""
        user = user_of(self.request)
        record = get_object_or_404(imports_visible(user), uid=self.kwargs["uid"])
        require(user, policies.IMPORT, record.source.scope)
        return record

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.state != FileImport.State.DONE:
            return redirect(self.record)
        return super().get(request, *args, **kwargs)

    def service(self, form: Form) -> FileImport:
        import_undo(actor=user_of(self.request), record=self.record)
        return self.record

    def get_cancel_url(self) -> str:
        return self.record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"record": self.record, "plan": undo_plan(self.record)}
        return super().get_context_data(**kwargs) | shown


@access(policies.SOURCE_VIEW)
@require_GET
def import_errors_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The kept errors as CSV: row, column, value, message."""
    record = get_object_or_404(imports_visible(user_of(request)), uid=uid)
    heading = [str(_("Row")), str(_("Column")), str(_("Value")), str(_("What is wrong"))]
    lines = [[e.number, e.column, e.value, e.message] for e in import_errors(record)]
    return csv_response("errors", [heading, *lines])
