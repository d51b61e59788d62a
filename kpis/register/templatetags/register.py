"""Template words of the register: badges and bars of runs and imports."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.lib.money import number
from kpis.register.files import MappingError
from kpis.register.forms.columns import problem_text
from kpis.register.models import FileImport, SyncRun
from kpis.register.selectors.imports import import_state
from kpis.register.selectors.limits import clock
from kpis.register.selectors.runs import OpenRun, StreamProgress
from kpis.register.wording import RUN_MARKS, hours_words

register = template.Library()


@register.simple_tag
def run_badge(run: SyncRun) -> SafeString:
    """The run's state in a word, with its mark."""
    context = {"text": run.get_state_display(), "state": RUN_MARKS[run.state]}
    return render_to_string("components/badge.html", context)


@register.simple_tag
def import_badge(record: FileImport) -> SafeString:
    state = import_state(record)
    return render_to_string("components/badge.html", {"text": state.word, "state": state.mark})


@register.simple_tag
def run_bar(progress: OpenRun) -> SafeString:
    """Days done of all and rows, as a bar; for a file, whose length is not known, rows only."""
    rows = _("rows: %(rows)s") % {"rows": number(progress.rows)}
    if not progress.days_total:
        if not progress.run.is_open:
            return SafeString("")
        return _bar(_("Reading"), 0, 0, rows)
    days = _days(progress.days_done, progress.days_total)
    return _bar(days, progress.days_done, progress.days_total, rows)


@register.simple_tag
def stream_bar(stream: StreamProgress) -> SafeString:
    """The same for one stream of a run."""
    words = _("%(days)s, rows: %(rows)s") % {
        "days": _days(stream.days_done, stream.days_total),
        "rows": number(stream.rows),
    }
    if stream.failed:
        words = _("%(words)s, failed parts: %(failed)s") % {"words": words, "failed": stream.failed}
    if stream.waiting_until:
        values = {"words": words, "time": clock(stream.waiting_until)}
        words = _("%(words)s, waits until %(time)s") % values
    return _bar(str(stream.label), stream.days_done, stream.days_total, words)


@register.simple_tag
def hours(value: int) -> str:
    """An agreed age in words."""
    return hours_words(value)


def _days(done: int, total: int) -> str:
    return _("%(done)s of %(total)s days") % {"done": number(done), "total": number(total)}


def _bar(label: str, done: int, total: int, words: str) -> SafeString:
    context: dict[str, Any] = {"label": label, "done": done, "total": total, "words": words}
    return render_to_string("components/progress.html", context)


@register.simple_tag
def problem_words(problem: MappingError, target: str) -> str:
    """A problem of a mapping in the words of the mapping page."""
    return problem_text(problem, target)
