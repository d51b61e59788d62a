"""What waits for a decision, answered in place."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.errors import Invalid
from config.lib.htmx import is_fragment, toast
from departments.work import policies
from departments.work.forms.decision import DecisionForm
from departments.work.models import Decision
from departments.work.selectors.decisions import decisions_decided, decisions_waiting
from departments.work.services.decisions import decision_decide
from departments.work.views.answers import back
from staff.accounts.access import access, user_of


@require_GET
@access(policies.DECISION_VIEW)
def decision_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context = {"waiting": decisions_waiting(user), "decided": decisions_decided(user)}
    return render(request, "work/decisions.html", context)


@require_POST
@access(policies.DECISION_VIEW)
def decision_answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Approve or decline with a comment; the row goes away, the toast says what was decided."""
    user = user_of(request)
    visible = Decision.objects.visible_to(user, policies.DECISION_VIEW)
    decision = get_object_or_404(visible.select_related("scope", "raised_by"), uid=uid)
    form = DecisionForm(request.POST)
    approve = request.POST.get("answer") == "approve"
    if not form.is_valid() or request.POST.get("answer") not in {"approve", "decline"}:
        raise Invalid
    decision_decide(actor=user, decision=decision, approve=approve, **form.cleaned_data)
    text = _("Approved: %(question)s") if approve else _("Declined: %(question)s")
    text %= {"question": decision.title_text}
    if is_fragment(request):
        return HttpResponse(toast(request, text))
    messages.success(request, text)
    return back(request) if request.POST.get("next") else redirect("work:decision-list")
