"""Words of the work pages."""

from __future__ import annotations

from django import template

from departments.work.models import Occurrence, OperationalTask
from departments.work.models.occurrence import Status
from departments.work.wording import duration_words, rhythm_words

register = template.Library()
STATES = {
    Status.NEW: "",
    Status.IN_PROGRESS: "info",
    Status.DONE: "good",
    Status.SKIPPED: "",
    Status.MISSED: "bad",
}


@register.filter
def duration(minutes: int | None) -> str:
    return duration_words(minutes)


@register.filter
def rhythm(task: OperationalTask) -> str:
    return rhythm_words(task)


@register.filter
def state_colour(occurrence: Occurrence) -> str:
    """The badge's colour name; the word beside it says the same."""
    return "bad" if occurrence.is_overdue else STATES[Status(occurrence.status)]
