"""Buttons of a task: start, finish, undo, skip, hand over."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.lib.errors import Invalid
from config.lib.htmx import is_fragment
from departments.work import policies
from departments.work.forms.day import AssignForm, EventForm, FinishForm, SkipForm
from departments.work.models import Occurrence, OperationalTask
from departments.work.selectors.my_day import with_day_parts
from departments.work.services import doing
from departments.work.services.occurrences import occurrence_raise
from departments.work.views.answers import day_answer
from departments.work.views.occurrences import card_context
from staff.accounts.access import access, user_of


def found(request: HttpRequest, uid: uuid.UUID) -> Occurrence:
    """The row if the person may see it, else 404; the service then asks for the right to act."""
    rows = Occurrence.objects.visible_to(user_of(request), policies.TASK_VIEW)
    return get_object_or_404(with_day_parts(rows), uid=uid)


@require_POST
@access(policies.TASK_DO)
def occurrence_start(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    occurrence = doing.occurrence_start(actor=user_of(request), occurrence=found(request, uid))
    text = _("Started: %(task)s") % {"task": occurrence.task.name}
    return day_answer(request, text, undo_url=undo_url(occurrence))


@require_POST
@access(policies.TASK_DO)
def occurrence_finish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Finish; a refused proof comes back in the row, or on the task's card without htmx."""
    occurrence = found(request, uid)
    form = FinishForm(
        request.POST,
        request.FILES,
        occurrence=occurrence,
        has_proof=getattr(occurrence, "has_proof", False),
    )
    if not form.is_valid():
        if is_fragment(request):
            raise Invalid(" ".join(str(text) for texts in form.errors.values() for text in texts))
        context = card_context(request, occurrence, finish_form=form)
        return render(request, "work/occurrence.html", context, status=422)
    doing.occurrence_finish(actor=user_of(request), occurrence=occurrence, entry=form.entry)
    text = _("Finished: %(task)s") % {"task": occurrence.task.name}
    return day_answer(request, text, undo_url=undo_url(occurrence))


@require_POST
@access(policies.TASK_DO)
def occurrence_reopen(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    occurrence = doing.occurrence_reopen(actor=user_of(request), occurrence=found(request, uid))
    return day_answer(request, _("Undone: %(task)s") % {"task": occurrence.task.name})


@require_POST
@access(policies.TASK_DO)
def occurrence_skip(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    occurrence = found(request, uid)
    form = SkipForm(request.POST)
    if not form.is_valid():
        context = card_context(request, occurrence, skip_form=form)
        return render(request, "work/occurrence.html", context, status=422)
    doing.occurrence_skip(actor=user_of(request), occurrence=occurrence, **form.cleaned_data)
    text = _("Skipped: %(task)s") % {"task": occurrence.task.name}
    return day_answer(request, text, undo_url=undo_url(occurrence))


@require_POST
@access(policies.TASK_MANAGE)
def occurrence_assign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    occurrence = found(request, uid)
    form = AssignForm(request.POST, occurrence=occurrence)
    if not form.is_valid():
        raise Invalid(_("Choose who does it."))
    user = form.cleaned_data["assignee"]
    doing.occurrence_assign(actor=user_of(request), occurrence=occurrence, user=user)
    text = _("Handed over to %(person)s: %(task)s")
    return day_answer(request, text % {"person": user, "task": occurrence.task.name})


@require_POST
@access(policies.TASK_DO)
def task_raise(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Begin an on-event task: it goes straight onto the day."""
    user = user_of(request)
    tasks = OperationalTask.objects.visible_to(user, policies.TASK_VIEW)
    task = get_object_or_404(tasks.select_related("department__company", "scope"), uid=uid)
    form = EventForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Say what happened."))
    occurrence_raise(actor=user, task=task, event=form.cleaned_data["event"])
    return day_answer(request, _("On the list: %(task)s") % {"task": task.name})


def undo_url(occurrence: Occurrence) -> str:
    return reverse("work:occurrence-reopen", args=[occurrence.uid])
