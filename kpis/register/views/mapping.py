"""The mapping step of an import: preview as often as wanted, then start."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.lib.errors import AppError, Forbidden, Invalid
from config.lib.forms import add_service_errors
from config.lib.htmx import is_fragment
from kpis.register import policies
from kpis.register.forms.step import Step, step_open, step_post, templates_for
from kpis.register.models import FileImport
from kpis.register.selectors.imports import imports_visible, same_file
from kpis.register.selectors.preview import preview_rows, shape_words
from kpis.register.services.imports import import_start
from staff.accounts.access import access, require, user_of
from staff.accounts.models import User


@access(policies.IMPORT)
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    record = get_object_or_404(imports_visible(user), uid=uid)
    require(user, policies.IMPORT, record.source.scope)
    if record.state != FileImport.State.UPLOADED:
        return redirect(record)
    if request.method == "GET":
        step = step_open(record, user, request.GET.get("template", ""))
        return _page(request, user, step)
    step = step_post(record, request.POST)
    if "start" in request.POST and _start(step, user):
        return redirect(step.record)
    return _page(request, user, step, status=422 if "start" in request.POST else 200)


def _start(step: Step, user: User) -> bool:
    """Whether loading has begun; otherwise the form says why not."""
    form = step.form
    if step.refusal or not form.is_bound or not form.is_valid():
        return False
    for problem in step.preview.problems:
        form.add_problem(problem)
    if not form.is_valid():
        return False
    try:
        import_start(
            actor=user,
            record=step.record,
            mapping=form.mapping(),
            policy=form.cleaned_data["policy"],
            template_name=form.cleaned_data["save_as"],
        )
    except Forbidden:
        raise
    except (AppError, Invalid) as error:
        add_service_errors(form, error)
        return False
    return True


def _page(request: HttpRequest, user: User, step: Step, status: int = 200) -> HttpResponse:
    mapping = step.form.mapping() if step.form.is_bound else step.form.suggested
    context: dict[str, Any] = {
        "title": step.record.original_name,
        "record": step.record,
        "step": step,
        "form": step.form,
        "columns": _columns(step),
        "rows": preview_rows(step.preview, mapping),
        "recognised": shape_words(step.form.shape, mapping),
        "templates": templates_for(step.record, user),
        "same": same_file(step.record),
        "currency": step.record.source.settings.get("currency") or "RUB",
        "may_manage": user.can(policies.SOURCE_MANAGE, step.record.source.scope),
    }
    template = "register/_columns.html" if is_fragment(request) else "register/import_columns.html"
    return render(request, template, context, status=status)


def _columns(step: Step) -> list[dict[str, Any]]:
    """Every column with its field and the first values that are not blank."""
    found = []
    for place, (column, field) in enumerate(step.form.columns()):
        cells = (row.cells[place] for row in step.preview.rows if place < len(row.cells))
        samples = list(dict.fromkeys(cell for cell in cells if cell.strip()))[:3]
        found.append({"name": column.name, "field": field, "samples": samples})
    return found
