"""The table of subjects."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kpis.register.selectors.subjects import origin_label


class SubjectTable(tables.Table):
    label = tables.Column(verbose_name=_("Subject"))
    kind = tables.Column(verbose_name=_("Kind"))
    parent = tables.Column(verbose_name=_("Lies in"), default="—", accessor="parent__label")
    source = tables.Column(
        verbose_name=_("Comes from"), accessor="origin", order_by=("source_name", "origin")
    )
    direction = tables.Column(verbose_name=_("Direction"), default="—", order_by="direction__code")
    owner = tables.Column(verbose_name=_("Who answers"), default="—", accessor="owner__full_name")

    class Meta:
        order_by = "label"

    def render_label(self, record: Any) -> SafeString:
        return render_to_string("register/_subject_name.html", {"subject": record})

    def value_label(self, record: Any) -> str:
        return str(record.label)

    def render_source(self, record: Any) -> str:
        return origin_label(record)
