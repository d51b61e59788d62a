"""Lines of the main menu, and KPIs in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from kpis.indicators import policies
from kpis.indicators.models import Kpi
from staff.accounts.models import User

register_nav(
    NavItem(
        "dashboard",
        _("Dashboard"),
        "indicators:dashboard",
        "layout-dashboard",
        "today",
        10,
        policies.DASHBOARD_VIEW,
    )
)
register_nav(
    NavItem(
        "monthly-report",
        _("Monthly report"),
        "indicators:report",
        "report-analytics",
        "results",
        10,
        policies.REPORT_VIEW,
        short=_("Report"),
    )
)
register_nav(
    NavItem(
        "kpis",
        _("KPIs"),
        "indicators:kpi-list",
        "chart-line",
        "results",
        20,
        policies.KPI_VIEW,
        short=pgettext_lazy("short", "KPIs"),
    )
)
register_nav(
    NavItem(
        "targets",
        _("Targets"),
        "indicators:targets",
        "target",
        "results",
        30,
        policies.TARGET_VIEW,
    )
)


@register_search
def kpis(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """KPIs by name or code in either language."""
    if not user.can(policies.KPI_VIEW):
        return
    named = Q(name_ru__icontains=query) | Q(name_en__icontains=query) | Q(code__icontains=query)
    for kpi in Kpi.objects.filter(named)[:limit]:
        yield SearchHit(_("KPI"), kpi.name, kpi.get_absolute_url(), kpi.meaning_text)
