"""Partial updates: when to answer with a fragment, and news that travel with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def is_fragment(request: HttpRequest) -> bool:
    """Whether only a part of the page is asked for (htmx, but not a whole-page navigation)."""
    htmx = getattr(request, "htmx", None)
    if htmx is None or not htmx:
        return False
    return not (htmx.boosted or htmx.history_restore_request)


def wants_part(request: HttpRequest, element_id: str) -> bool:
    """Whether the answer will replace the element ``element_id``, by a boosted link or not."""
    htmx = getattr(request, "htmx", None)
    if htmx is None or not htmx:
        return False
    return htmx.target == element_id and not htmx.history_restore_request


def toast(
    request: HttpRequest,
    text: StrOrPromise,
    *,
    level: str = "success",
    undo_url: str = "",
) -> str:
    """A toast as an out-of-band fragment: append it to the body of an htmx answer.

    ``level`` is success, info, warning or danger. ``undo_url`` is called by POST.
    """
    context = {"text": text, "level": level, "undo_url": undo_url, "oob": True}
    return render_to_string("components/toast.html", context, request=request)


def with_messages(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Append the pending messages of the messages framework to an htmx answer as toasts."""
    for message in messages.get_messages(request):
        level = "danger" if message.level_tag == "error" else message.level_tag
        response.write(toast(request, message.message, level=level))
    return response
