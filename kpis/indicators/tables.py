"""The register's rows behind a figure."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.columns import DayColumn, NumberColumn, WhenColumn
from kpis.register.models import Result
from kpis.register.models.result import Flag

FLAGS = {
    Flag.SAMPLED: gettext_lazy("sampled"),
    Flag.THRESHOLDED: gettext_lazy("small values hidden"),
    Flag.PROVISIONAL: gettext_lazy("provisional"),
    Flag.MANUAL: gettext_lazy("entered by hand"),
    Flag.ESTIMATED: gettext_lazy("estimated"),
}


class ResultTable(tables.Table):
    """One row per measured number, each with the way to the answer it came from."""

    day = DayColumn(verbose_name=gettext_lazy("Day"))
    subject = tables.Column(verbose_name=gettext_lazy("About"), order_by="subject__label")
    value = NumberColumn(verbose_name=gettext_lazy("Value"))
    source = tables.Column(
        accessor="stream__source", verbose_name=gettext_lazy("Source"), orderable=False
    )
    quality = tables.Column(accessor="flags", verbose_name=gettext_lazy("Quality"), orderable=False)
    loaded_at = WhenColumn(verbose_name=gettext_lazy("Loaded"))
    answer = tables.Column(
        accessor="raw_id", verbose_name=gettext_lazy("Came from"), orderable=False
    )

    class Meta:
        order_by = ("-day",)

    def render_quality(self, value: int) -> str:
        return ", ".join(str(text) for flag, text in FLAGS.items() if value & flag) or "—"

    def value_quality(self, value: int) -> str:
        return ", ".join(str(text) for flag, text in FLAGS.items() if value & flag)

    def render_answer(self, value: int, record: Result) -> SafeString | str:
        """The raw answer, or for a file the run that loaded it."""
        name, key = (
            ("register:raw-answer", value)
            if value
            else ("register:run-detail", record.slice.run.uid)
        )
        label = _("raw answer") if value else _("file")
        try:
            return format_html('<a href="{}">{}</a>', reverse(name, args=[key]), label)
        except NoReverseMatch:
            return label

    def value_answer(self, value: int) -> int:
        return value
