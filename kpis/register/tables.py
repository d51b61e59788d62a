"""Tables of sources and file imports."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.columns import NumberColumn, WhenColumn
from kpis.register.models import FileImport
from kpis.register.registry import FILE_KIND
from kpis.register.selectors.imports import import_state
from kpis.register.selectors.runs import progress_of
from kpis.register.selectors.sources import (
    data_until,
    figures_of,
    health_of,
    kind_label,
    latest_of,
    quota_of,
)
from kpis.register.selectors.todo import days_left
from kpis.register.services.expiry import NOTICE
from kpis.register.wording import age_words, hours_words
from staff.accounts.selectors import ScopeNames


class SourceTable(tables.Table):
    name = tables.Column(verbose_name=_("Source"))
    state = tables.Column(verbose_name=_("State"))
    loaded_at = tables.Column(verbose_name=_("Newest figures"), empty_values=())
    latest = tables.Column(verbose_name=_("Last reading"), empty_values=(), orderable=False)
    next_due_at = tables.Column(verbose_name=_("Next reading"), empty_values=())
    quota = tables.Column(
        verbose_name=_("Limit"), empty_values=(), orderable=False, accessor="pk", default="—"
    )
    secret_expires_on = tables.Column(verbose_name=_("Secret until"), default="—")
    owner = tables.Column(verbose_name=_("Who answers"), default="—", accessor="owner__full_name")
    # What the cells say in passing stands in columns of its own in an export.
    kind = tables.Column(verbose_name=_("Kind"), visible=False)
    whose = tables.Column(verbose_name=_("Whose"), visible=False, accessor="scope")
    until = tables.Column(
        verbose_name=_("Data until"), empty_values=(), visible=False, accessor="pk"
    )
    agreed = tables.Column(
        verbose_name=_("Agreed age, hours"), empty_values=(), visible=False, accessor="pk"
    )
    is_simulated = tables.Column(verbose_name=_("Simulated"), visible=False)

    class Meta:
        # by state: those that need attention come first
        order_by = ("state", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = ScopeNames()

    def before_render(self, request: Any) -> None:
        """Columns in which no row of the page has anything are left out."""
        shown = [row.record for row in self.paginated_rows]
        if not any(quota_of(record) for record in shown):
            self.columns.hide("quota")
        if not any(record.secret_expires_on for record in shown):
            self.columns.hide("secret_expires_on")

    def render_name(self, record: Any) -> SafeString:
        context = {"source": record, "kind": kind_label(record.kind)}
        return render_to_string("register/_source_name.html", context)

    def value_name(self, record: Any) -> str:
        return str(record.name)

    def render_state(self, record: Any) -> SafeString:
        return _badge(health_of(record).word, health_of(record).mark)

    def value_state(self, record: Any) -> str:
        return str(health_of(record).word)

    def value_kind(self, record: Any) -> str:
        return kind_label(record.kind)

    def value_whose(self, record: Any) -> str:
        return self.names(record.scope)

    def value_is_simulated(self, record: Any) -> str:
        return gettext("yes") if record.is_simulated else gettext("no")

    def value_until(self, record: Any) -> dt.date | None:
        return data_until(record.streams.all())

    def value_agreed(self, record: Any) -> int | None:
        return figures_of(record).agreed_hours

    def render_loaded_at(self, record: Any) -> SafeString:
        figures = figures_of(record)
        agreed = hours_words(figures.agreed_hours) if figures.agreed_hours else ""
        until = data_until(record.streams.all())
        age = age_words(figures.loaded_at) if figures.is_old and figures.loaded_at else ""
        context = {"figures": figures, "agreed": agreed, "age": age, "until": until}
        return render_to_string("register/_figures_age.html", context)

    def render_next_due_at(self, record: Any) -> SafeString:
        context = {"source": record, "is_file": record.kind == FILE_KIND}
        return render_to_string("register/_next_reading.html", context)

    def value_next_due_at(self, record: Any) -> dt.datetime | None:
        at: dt.datetime | None = record.next_due_at if record.is_active else None
        return at

    def render_quota(self, record: Any) -> SafeString | str:
        quota = quota_of(record)
        return render_to_string("register/_quota.html", {"quota": quota}) if quota else "—"

    def value_quota(self, record: Any) -> str:
        quota = quota_of(record)
        return f"{quota.label}: {quota.words}" if quota else ""

    def render_secret_expires_on(self, value: dt.date) -> SafeString:
        context = {"day": value, "days": days_left(value), "notice": NOTICE.days}
        return render_to_string("register/_secret_until.html", context)

    def value_secret_expires_on(self, value: dt.date) -> dt.date:
        return value

    def render_owner(self, record: Any) -> SafeString:
        context = {"owner": record.owner, "whose": self.names(record.scope)}
        return render_to_string("register/_owner.html", context)

    def value_owner(self, record: Any) -> str:
        return str(record.owner) if record.owner else ""

    def value_loaded_at(self, record: Any) -> dt.datetime | None:
        at: dt.datetime | None = record.loaded_at
        return at

    def render_latest(self, record: Any) -> SafeString | str:
        run = latest_of(record)
        if run is None:
            return "—"
        return render_to_string("register/_run_words.html", {"progress": progress_of(run)})

    def value_latest(self, record: Any) -> str:
        run = latest_of(record)
        return str(run.get_state_display()) if run else ""


class ImportTable(tables.Table):
    original_name = tables.Column(verbose_name=_("File"))
    source = tables.Column(verbose_name=_("Source"), accessor="source__name")
    created_at = WhenColumn(verbose_name=_("Uploaded"))
    created_by = tables.Column(verbose_name=_("Who"), default="—", accessor="created_by__full_name")
    state = tables.Column(verbose_name=_("State"))
    rows_loaded = NumberColumn(verbose_name=_("Rows loaded"))
    error_count = NumberColumn(verbose_name=_("Errors"))

    class Meta:
        order_by = "-created_at"

    def render_state(self, record: FileImport) -> SafeString:
        state = import_state(record)
        return _badge(state.word, state.mark)

    def value_state(self, record: FileImport) -> str:
        return str(import_state(record).word)


def _badge(word: object, mark: str) -> SafeString:
    return render_to_string("components/badge.html", {"text": word, "state": mark})
