"""Tables of companies and departments."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from config.lib.columns import NumberColumn


class CompanyTable(tables.Table):
    name = tables.Column(verbose_name=_("Company"))
    departments = tables.Column(
        verbose_name=_("Departments"), accessor="departments__all", orderable=False
    )
    outlet_count = NumberColumn(verbose_name=_("Outlets"))
    currency = tables.Column(verbose_name=_("Currency"))
    time_zone = tables.Column(verbose_name=_("Time zone"))

    class Meta:
        order_by = "name"

    def render_departments(self, value: Any) -> str:
        return ", ".join(str(department) for department in value) or "—"


class DepartmentTable(tables.Table):
    name = tables.Column(verbose_name=_("Department"))
    company = tables.Column(verbose_name=_("Company"), order_by="company__name")
    companies = tables.Column(
        verbose_name=_("Serves companies"), accessor="companies__all", orderable=False
    )
    directions = tables.Column(
        verbose_name=_("Directions"), accessor="directions__all", orderable=False
    )

    class Meta:
        order_by = "name"

    def render_companies(self, value: Any) -> str:
        return ", ".join(str(company) for company in value)

    def render_directions(self, value: Any) -> str:
        return ", ".join(direction.code for direction in value) or "—"
