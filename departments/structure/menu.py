"""Lines of the main menu, companies and departments in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from departments.structure import policies
from departments.structure.models import Company, Department
from staff.accounts.models import User

register_nav(
    NavItem(
        "model-audit",
        _("Model audit"),
        "structure:model-audit-home",
        "checklist",
        "results",
        80,
        policies.MODEL_AUDIT,
    )
)
register_nav(
    NavItem(
        "departments",
        _("Departments"),
        "structure:department-list",
        "sitemap",
        "settings",
        10,
        policies.STRUCTURE_VIEW,
    )
)
register_nav(
    NavItem(
        "companies",
        _("Companies"),
        "structure:company-list",
        "building",
        "settings",
        20,
        policies.STRUCTURE_VIEW,
    )
)


@register_search
def structure(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Companies and departments by name."""
    right = policies.STRUCTURE_VIEW
    for company in Company.objects.visible_to(user, right).filter(name__icontains=query)[:limit]:
        yield SearchHit(_("Company"), company.name, company.get_absolute_url())
    departments = Department.objects.visible_to(user, right).select_related("company")
    for row in departments.filter(name__icontains=query)[:limit]:
        yield SearchHit(_("Department"), row.name, row.get_absolute_url(), row.company.name)
