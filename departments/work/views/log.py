"""The time log: adding, correcting, taking out; and the only door to an attached proof."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from config.lib.htmx import is_fragment
from departments.work import policies
from departments.work.forms.day import LogEditForm
from departments.work.models import LogLine
from departments.work.proofs import TYPES
from departments.work.services import log
from departments.work.views.answers import day_answer, day_context, log_form
from staff.accounts.access import Access, access, user_of


def own_line(request: HttpRequest, uid: uuid.UUID) -> LogLine:
    """A line the person may see; the service refuses a foreign or yesterday's one."""
    lines = LogLine.objects.visible_to(user_of(request), policies.TASK_VIEW)
    line: LogLine = get_object_or_404(lines.select_related("scope", "occurrence__task"), uid=uid)
    return line


@require_POST
@access(policies.TASK_DO)
def log_add(request: HttpRequest) -> HttpResponse:
    """One line of today. A refused one comes back with everything typed, status 422."""
    context = day_context(request)
    day = context["day"]
    if day is None:
        raise Http404
    form = log_form(day, request.POST, request.FILES)
    if not form.is_valid():
        template = "work/_log_form.html" if is_fragment(request) else "work/my_day.html"
        refused = context | {"form": form, "oob": is_fragment(request)}
        return render(request, template, refused, status=422)
    log.log_add(
        actor=user_of(request),
        scope=day.home.scope,
        day=day.home.today,
        entry=form.entry,
        occurrence=form.cleaned_data["occurrence"],
    )
    return day_answer(request, _("Written down"), with_form=True)


class LogEdit(FormPage):
    """Correct a line of today."""

    access = Access("right", policies.TASK_DO)
    form_class = LogEditForm
    title = gettext_lazy("Correct the line")
    success_message = gettext_lazy("Corrected")
    success_url_name = cancel_url_name = "work:my-day"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "line": own_line(self.request, self.kwargs["uid"])}

    def service(self, form: Any) -> object:
        line = own_line(self.request, self.kwargs["uid"])
        return log.log_edit(actor=user_of(self.request), line=line, entry=form.entry)


@require_POST
@access(policies.TASK_DO)
def log_delete(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    line = own_line(request, uid)
    log.log_delete(actor=user_of(request), line=line)
    return day_answer(request, _("Taken out"), undo_url=reverse("work:log-restore", args=[uid]))


@require_POST
@access(policies.TASK_DO)
def log_restore(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    log.log_restore(actor=user_of(request), line=own_line(request, uid))
    return day_answer(request, _("Put back"))


@require_GET
@access(policies.TASK_VIEW)
def proof_file(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    """The attached file, for those who may see the line. Only photos open in place; nothing in it
    can run: the type is ours, not the sender's, and the answer is sandboxed."""
    line = own_line(request, uid)
    if not line.proof_file or line.proof_type not in TYPES or line.deleted_at:
        raise Http404
    kind = TYPES[line.proof_type]
    try:
        content = line.proof_file.open("rb")
    except FileNotFoundError as error:  # the row outlived the file (a restored backup, say)
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=not kind.shown,
        filename=line.proof_name,
        content_type=kind.mime,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
