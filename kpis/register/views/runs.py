"""The page of a run: progress while it is open, what came of it afterwards."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from config.lib.htmx import is_fragment
from kpis.register import policies
from kpis.register.models import SyncRun
from kpis.register.selectors.runs import run_card
from kpis.register.services.runs import run_cancel, run_request
from staff.accounts.access import access, user_of


@access(policies.SOURCE_VIEW)
@require_GET
def run_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = _run(request, uid)
    if getattr(run, "file_import", None) is not None:
        return redirect(run.file_import)
    template = "register/_run.html" if is_fragment(request) else "register/run_detail.html"
    return render(request, template, run_card(run, user=user_of(request)))


@access(policies.SOURCE_SYNC)
@require_POST
def run_cancel_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = _run(request, uid)
    run_cancel(actor=user_of(request), run=run)
    messages.info(request, gettext("The reading stops; what has been read stays."))
    return redirect(run)


@access(policies.SOURCE_SYNC)
@require_POST
def run_retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new run of the same source: only what is missing is read."""
    run = _run(request, uid)
    return redirect(run_request(actor=user_of(request), source=run.source))


def _run(request: HttpRequest, uid: UUID) -> SyncRun:
    visible = SyncRun.objects.visible_to(user_of(request), policies.SOURCE_VIEW)
    run: SyncRun = get_object_or_404(
        visible.select_related("source__scope", "file_import"), uid=uid
    )
    return run
