"""What a person must do about a source, the most urgent first, each with advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kpis.register.models import Source, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND
from kpis.register.selectors.streams import StreamCard
from kpis.register.services.expiry import NOTICE
from kpis.register.wording import age_words, hours_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. ``mark`` is danger or warning; ``url`` leads to where it is done, for those
    who may."""

    mark: str
    text: str
    advice: str = ""
    url: str = ""
    label: StrOrPromise = ""


def todo_of(
    source: Source, runs: Iterable[SyncRun], streams: Iterable[StreamCard], *, may_manage: bool
) -> list[Todo]:
    """``runs`` are the newest first. Asks the database nothing."""
    newest = list(runs)
    edit = reverse("register:source-edit", args=[source.uid]) if may_manage else ""
    found: list[Todo] = []
    if source.attention_text:
        advice = next((run.advice_text for run in newest if not run.is_open), "")
        found.append(
            Todo("danger", source.attention_text, advice, edit, _("Put the settings right"))
        )
    elif (faulty := _faulty(newest)) is not None:
        mark = "danger" if faulty.state == State.FAILED else "warning"
        url = faulty.get_absolute_url()
        found.append(Todo(mark, faulty.error_text, faulty.advice_text, url, _("See the reading")))
    if (ends := _secret(source, edit)) is not None:
        found.append(ends)
    if source.is_active and (old := [card for card in streams if card.is_old]):
        found.append(_old(source, old))
    return found


def _faulty(runs: list[SyncRun]) -> SyncRun | None:
    """The newest run that has ended, when it ended badly."""
    ended = next((run for run in runs if not run.is_open), None)
    if ended is None or ended.state not in {State.FAILED, State.PARTIAL} or not ended.error_text:
        return None
    return ended


def _secret(source: Source, edit: str) -> Todo | None:
    ends = source.secret_expires_on
    if ends is None or ends - timezone.localdate() > NOTICE:
        return None
    day = {"day": date_format(ends, "SHORT_DATE_FORMAT")}
    label = _("Enter a new secret")
    if ends <= timezone.localdate():
        advice = _("Nothing can be read until a new one is entered.")
        return Todo("danger", _("The secret ran out on %(day)s.") % day, advice, edit, label)
    advice = _("Ask for a new one in time: from this day on nothing is read.")
    return Todo("warning", _("The secret runs out on %(day)s.") % day, advice, edit, label)


def _old(source: Source, cards: list[StreamCard]) -> Todo:
    listed = [
        _("%(stream)s (%(age)s old, agreed %(agreed)s)")
        % {
            "stream": card.label,
            "age": age_words(card.stream.loaded_at),
            "agreed": hours_words(card.stream.agreed_hours),
        }
        for card in cards
        if card.stream.loaded_at is not None
    ]
    text = _("Figures are late: %(streams)s.") % {"streams": ", ".join(listed)}
    advice = (
        _("Load a newer file, or agree another age if this one is too short.")
        if source.kind == FILE_KIND
        else _("Read the source now, or agree another age if this one is too short.")
    )
    return Todo("warning", text, advice, "#streams", _("See what it gives"))


def days_left(day: dt.date | None) -> int | None:
    """Whole days until ``day``; negative when it is past."""
    return None if day is None else (day - timezone.localdate()).days
