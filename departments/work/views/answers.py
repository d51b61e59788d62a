"""What the buttons of a day answer: fragments for htmx, a way back with a message without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from config.lib.htmx import is_fragment, toast
from departments.work.forms.day import LogForm
from departments.work.models.occurrence import Status
from departments.work.selectors.home import home_of
from departments.work.selectors.my_day import MyDay, my_day
from staff.accounts.access import user_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def day_context(request: HttpRequest, form: LogForm | None = None) -> dict[str, Any]:
    """Everything the page of the day draws; ``day`` is None for somebody without a department."""
    user = user_of(request)
    home = home_of(user)
    if home is None:
        return {"day": None}
    day = my_day(user, home)
    return {"day": day, "form": form or log_form(day)}


def log_form(day: MyDay, data: Any = None, files: Any = None) -> LogForm:
    """The line at hand, for any task of the day; what is in progress is chosen already."""
    rows = [row.occurrence for row in (*day.mine, *day.others)]
    started = [row.occurrence for row in day.mine if row.in_hands]
    initial = {"occurrence": started[0].uid} if len(started) == 1 else {}
    choices = sorted(rows, key=lambda each: each.status != Status.IN_PROGRESS)
    return LogForm(data, files, occurrences=[*choices, *day.done], initial=initial)


def day_answer(
    request: HttpRequest, text: StrOrPromise, *, undo_url: str = "", with_form: bool = False
) -> HttpResponse:
    """The day as it is now and a toast with its undo; without htmx back to where it came from.

    ``with_form`` also empties the log line.
    """
    if is_fragment(request):
        context = day_context(request) | {"oob": True, "with_form": with_form}
        response = render(request, "work/_updates.html", context)
        response.write(toast(request, text, undo_url=undo_url))
        return response
    messages.success(request, str(text))
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the ``next`` of the form, only inside the product, else to the person's day."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return redirect(wanted)
    return redirect("work:my-day")
