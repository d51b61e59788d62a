"""The register's rows behind a figure."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from kpis.register.tables_results import ResultTable


class FigureRows(ResultTable):
    """Rows of one metric: its name stands in the heading."""

    metric = None

    class Meta(ResultTable.Meta):
        pass


class CampaignTable(tables.Table):
    """Campaigns, each leading to its scorecard."""

    label = tables.Column(verbose_name=_("Campaign"))
    direction = tables.Column(verbose_name=_("Direction"), default="—", order_by="direction__code")
    owner = tables.Column(verbose_name=_("Who answers"), default="—", accessor="owner__full_name")

    class Meta:
        order_by = "label"
