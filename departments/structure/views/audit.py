"""The model audit: the ideal model row by row against the real department."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from config.lib.export import csv_response, xlsx_response
from departments.structure import policies
from departments.structure.audit_export import audit_lines
from departments.structure.audit_registry import State
from departments.structure.models import Department
from departments.structure.selectors import PARTS, STATE_WORDS, model_audit
from departments.structure.views.lookup import department_of
from staff.accounts.access import access, user_of


@access(policies.MODEL_AUDIT)
@require_GET
def model_audit_home(request: HttpRequest) -> HttpResponse:
    """To the audit of the only department; with several, to their list."""
    rows = list(Department.objects.visible_to(user_of(request), policies.MODEL_AUDIT)[:2])
    if len(rows) == 1:
        return redirect("structure:model-audit", rows[0].uid)
    return redirect("structure:department-list")


@access(policies.MODEL_AUDIT)
@require_GET
def model_audit_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    department = department_of(request, uid, policies.MODEL_AUDIT)
    state, part = request.GET.get("state", ""), request.GET.get("part", "")
    audit = model_audit(department, state=state, part=part)
    if wanted := {"csv": csv_response, "xlsx": xlsx_response}.get(request.GET.get("_export", "")):
        return wanted("model-audit", audit_lines(audit))
    context = {
        "title": gettext("Model audit"),
        "department": department,
        "audit": audit,
        "states": [(item, STATE_WORDS[item], audit.counts.get(item, 0)) for item in State],
        "parts": PARTS,
        "state": state,
        "part": part,
    }
    return render(request, "structure/model_audit.html", context)
