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
register_nav(
    NavItem(
        "my-kpis",
        _("My KPIs"),
        "indicators:my-kpis",
        "user-star",
        "today",
        30,
        policies.SCORECARD_OWN,
        # Translators: one's own KPIs, at most ten letters («Мои KPI»)
        short=pgettext_lazy("short", "My KPIs"),
    )
)
register_nav(
    NavItem(
        "scorecards",
        _("Scorecards"),
        "indicators:scorecards",
        "list-check",
        "results",
        25,
        policies.SCORECARD_VIEW,
    )
)
register_nav(
    NavItem(
        "kpi-library",
        _("KPI library"),
        "indicators:kpi-library",
        "books",
        "results",
        25,
        policies.KPI_VIEW,
        short=_("Library"),
    )
)
register_nav(
    NavItem(
        "alerts",
        _("Alerts"),
        "indicators:alerts",
        "bell-ringing",
        "results",
        35,
        policies.ALERT_VIEW,
    )
)
register_nav(
    NavItem(
        "annotations",
        # Translators: notes on days of the figures, shown on charts
        _("Notes on days"),
        "indicators:annotation-list",
        "note",
        "results",
        36,
        policies.KPI_VIEW,
        short=_("Notes"),
    )
)
register_nav(
    NavItem(
        "attribution",
        _("Where orders come from"),
        "indicators:attribution",
        "route",
        "results",
        25,
        policies.ATTRIBUTION_VIEW,
        short=pgettext_lazy("short", "Channels"),
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
