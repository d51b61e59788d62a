"""Counting ahead what takes long over many records, so that no reader waits for it after news."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from config.lib.dates import add_months, month_first, today
from departments.structure.models import Department, Direction
from kpis.indicators.own.customers import customer_levels
from kpis.indicators.own.leads import lead_cohorts
from kpis.indicators.own.orders import order_figures
from kpis.indicators.own.place import company_of
from kpis.indicators.selectors.campaigns import campaign_lines
from kpis.indicators.selectors.scope import figures_scope
from kpis.register.models import Source

# The answers are remembered for all days, whichever were asked for.
ANY_DAY = dt.date(2000, 1, 1)


def count_ahead(source: Source) -> int:
    """Count the records' figures of every department and direction that ``source`` may be part of;
    how many scopes that were. What is remembered already costs next to nothing."""
    company = company_of(source.scope)
    departments = Department.objects.select_related("scope", "company__scope")
    directions = Direction.objects.select_related("scope")
    if company is not None:
        departments = departments.filter(companies=company)
        directions = directions.filter(department__companies=company)
    scopes = {scope.pk: scope for scope in map(figures_scope, departments)}
    scopes |= {direction.scope_id: direction.scope for direction in directions}
    this_month = month_first(today(company.time_zone if company else settings.TIME_ZONE))
    for scope in scopes.values():
        for month in (add_months(this_month, -1), this_month):
            campaign_lines(scope=scope, month=month)
        for provider in (order_figures, customer_levels, lead_cohorts):
            provider(scope, ANY_DAY, ANY_DAY)
    return len(scopes)
