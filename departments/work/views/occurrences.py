"""The card of one time a task is due."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from departments.work import policies
from departments.work.forms.day import AssignForm, FinishForm, SkipForm
from departments.work.models import Occurrence
from departments.work.models.occurrence import Status
from departments.work.selectors.card import history, log_lines
from departments.work.selectors.my_day import with_day_parts
from staff.accounts.access import access, user_of


@require_GET
@access(policies.TASK_VIEW)
def occurrence_detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = Occurrence.objects.visible_to(user_of(request), policies.TASK_VIEW)
    occurrence = get_object_or_404(with_day_parts(rows), uid=uid)
    return render(request, "work/occurrence.html", card_context(request, occurrence))


def card_context(
    request: HttpRequest,
    occurrence: Occurrence,
    *,
    finish_form: forms.Form | None = None,
    skip_form: forms.Form | None = None,
) -> dict[str, Any]:
    """What the card draws: the state, the forms the person may use, the log and the history."""
    user = user_of(request)
    does = user.can(policies.TASK_DO, occurrence.scope)
    manages = user.can(policies.TASK_MANAGE, occurrence.scope)
    own = occurrence.assignee_id == user.pk or manages
    free = occurrence.status == Status.NEW
    has_proof = getattr(occurrence, "has_proof", False)
    return {
        "occurrence": occurrence,
        "can_start": does and free,
        "can_finish": does and occurrence.is_open and (free or own),
        "can_reopen": does and not free and (own or occurrence.assignee_id is None),
        "can_assign": manages and occurrence.is_open,
        "finish_form": finish_form or FinishForm(occurrence=occurrence, has_proof=has_proof),
        "skip_form": skip_form or SkipForm(),
        "assign_form": AssignForm(occurrence=occurrence) if manages else None,
        "needs_proof": occurrence.task.evidence_required and not has_proof,
        "lines": log_lines(occurrence),
        "events": history(occurrence),
    }
