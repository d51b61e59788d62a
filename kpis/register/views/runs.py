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
from kpis.register.models import Slice, SyncRun
from kpis.register.selectors.runs import run_card
from kpis.register.services.runs import run_cancel, run_request, slice_replay, slice_retry
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


@access(policies.SOURCE_SYNC)
@require_POST
def slice_retry_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new run of these days of one stream only."""
    return redirect(slice_retry(actor=user_of(request), piece=_slice(request, uid)))


@access(policies.SOURCE_MANAGE)
@require_POST
def slice_replay_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The same from the kept answers: the source is not asked."""
    return redirect(slice_replay(actor=user_of(request), piece=_slice(request, uid)))


def _slice(request: HttpRequest, uid: UUID) -> Slice:
    visible = SyncRun.objects.visible_to(user_of(request), policies.SOURCE_VIEW)
    pieces = Slice.objects.filter(run__in=visible).select_related("run__source__scope", "stream")
    piece: Slice = get_object_or_404(pieces, uid=uid)
    return piece


def _run(request: HttpRequest, uid: UUID) -> SyncRun:
    visible = SyncRun.objects.visible_to(user_of(request), policies.SOURCE_VIEW)
    run: SyncRun = get_object_or_404(
        visible.select_related("source__scope", "file_import"), uid=uid
    )
    return run
