"""Help: one template per topic and language, so that prose is written, not translated by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from staff.accounts.access import login_access

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# topic → (title, what it answers, icon)
TOPICS: dict[str, tuple[StrOrPromise, StrOrPromise, str]] = {
    "head": (
        _("First steps for the head"),
        _("From an empty department to a morning screen."),
        "compass",
    ),
    "specialist": (_("First steps for a specialist"), _("Your day, the log, proofs."), "checklist"),
    "director": (
        _("First steps for the director"),
        _("The monthly report and how to read it."),
        "report",
    ),
    "sources": (
        _("Sources and files"),
        _("Where figures come from and how to load a file."),
        "database-import",
    ),
    "figures": (
        _("Fact, plan to date, forecast"),
        _("What each figure means and how it is drawn."),
        "chart-bar",
    ),
    "keyboard": (_("Keyboard"), _("Everything without a mouse."), "keyboard"),
}


@login_access
@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    return render(request, "shell/help_index.html", {"title": _("Help"), "topics": TOPICS.items()})


@login_access
@require_safe
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One topic in the reader's language."""
    if topic not in TOPICS:
        raise Http404
    language = "ru" if (get_language() or "ru").startswith("ru") else "en"
    title, lead, _icon = TOPICS[topic]
    context = {
        "title": title,
        "lead": lead,
        "topics": TOPICS.items(),
        "topic": topic,
        "body": f"shell/help/{language}/{topic}.html",
    }
    return render(request, "shell/help_topic.html", context)
