"""The sheet for figures by hand: what it is about, the grid of a month, saving."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config.lib.errors import AppError, Conflict, Forbidden
from kpis.register import policies
from kpis.register.forms.sheet import NEW, SheetForm, Typed, read_grid
from kpis.register.models import Source
from kpis.register.selectors.sheets import month_days, sheet_shown, sources_for_hand
from kpis.register.services.sheets import sheet_begin, sheet_save
from staff.accounts.access import access, require, user_of

FIELDS = ("source", "month", "subject", "new_kind", "new_name", "metric")


@access(policies.RESULT_ENTER)
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, uid: UUID | None = None) -> HttpResponse:
    """Without a choice only the choice is shown; with one, its grid. POST saves the grid."""
    if uid is not None:
        seen = Source.objects.visible_to(user_of(request), policies.SOURCE_VIEW)
        require(user_of(request), policies.RESULT_ENTER, get_object_or_404(seen, uid=uid).scope)
        return redirect(f"{reverse('register:sheet')}?{urlencode({'source': uid})}")
    form = _form(request)
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if request.method == "POST" else 200)
    if request.method == "GET":
        return _page(request, form)
    return _save(request, form)


def _form(request: HttpRequest) -> SheetForm:
    """Bound once something besides the source is chosen."""
    user = user_of(request)
    data = request.POST if request.method == "POST" else request.GET
    sources = sources_for_hand(user)
    wanted = data.get("source", "")
    source = next((row for row in sources if str(row.uid) == wanted), None)
    if source is None and not wanted:
        source = sources.first()
    initial = {
        "source": source.uid if source else None,
        "month": timezone.localdate().strftime("%Y-%m"),
    }
    bound = data if data.get("month") else None
    return SheetForm(bound, user=user, source=source, initial=initial)


def _save(request: HttpRequest, form: SheetForm) -> HttpResponse:
    """Save what was typed; on a refusal the same page with everything as typed."""
    data = form.cleaned_data
    typed = read_grid(request.POST, data["metric"], month_days(data["month"]))
    if typed.errors:
        return _page(request, form, typed, status=422)
    source, subject = data["source"], form.chosen_subject
    shared: dict[str, Any] = {
        "actor": user_of(request),
        "source": source,
        "cells": typed.cells,
        "currency": str(source.settings.get("currency") or "RUB"),
        "note": request.POST.get("note", "").strip()[:500],
    }
    changed = sum(cell.seen != cell.typed for cell in typed.cells)
    try:
        if subject is None:
            subject = sheet_begin(kind=data["new_kind"], name=data["new_name"].strip(), **shared)
        else:
            sheet_save(subject=subject, **shared)
    except Forbidden:
        raise
    except AppError as error:
        typed.errors = dict(error.fields)
        typed.problem = error.message
        return _page(request, form, typed, status=error.status)
    if changed:
        words = ngettext("Saved: %(n)s figure.", "Saved: %(n)s figures.", changed)
        messages.success(request, words % {"n": changed})
    else:
        messages.info(request, gettext("Nothing has changed."))
    query = [("source", source.uid), ("month", data["month"].strftime("%Y-%m"))]
    query += [("subject", subject.uid if subject else NEW)]
    if subject is None:
        query += [("new_kind", data["new_kind"]), ("new_name", data["new_name"])]
    query += [("metric", metric.code) for metric in data["metric"]]
    return redirect(f"{reverse('register:sheet')}?{urlencode(query)}")


def _page(
    request: HttpRequest, form: SheetForm, typed: Typed | None = None, *, status: int = 200
) -> HttpResponse:
    shown = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        shown = sheet_shown(
            source=data["source"],
            subject=form.chosen_subject,
            month=data["month"],
            metrics=data["metric"],
            texts=typed.texts if typed else None,
            said=typed.errors if typed else None,
        )
    user = user_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    context = {
        "title": _("Figures by hand"),
        "form": form,
        "sheet": shown,
        "has_sources": sources_for_hand(user).exists(),
        "may_add": user.can(policies.SOURCE_MANAGE),
        "subject": form.chosen_subject if shown else None,
        "kept": [(name, value) for name in FIELDS for value in sent.getlist(name)],
        "note": sent.get("note", ""),
        "problem": typed.problem if typed else "",
        "is_conflict": status == Conflict.status,
        "wrong": len(typed.errors) if typed else 0,
    }
    return render(request, "register/sheet.html", context, status=status)
