"""Saved views of lists: own, by POST."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from config.shell.services.views import view_delete, view_save
from staff.accounts.access import login_access, user_of


@login_access
@require_POST
def view_keep(request: HttpRequest) -> HttpResponse:
    """Save under a name and show the list as saved."""
    view = view_save(
        user=user_of(request),
        page=request.POST.get("page", "")[:200],
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
    )
    return redirect(view.get_absolute_url())


@login_access
@require_POST
def view_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an own view; a foreign one does not exist for this person."""
    page = view_delete(user=user_of(request), pk=pk)
    if not page:
        raise Http404
    return redirect(page)
