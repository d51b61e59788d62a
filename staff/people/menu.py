"""Lines of the main menu, and employees in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from staff.accounts.models import User
from staff.people import policies
from staff.people.models import Appointment, Employee

register_nav(
    NavItem(
        "employees",
        _("Employees"),
        "people:employee-list",
        "id-badge-2",
        "team",
        20,
        policies.EMPLOYEE_VIEW,
    )
)
register_nav(
    NavItem(
        "positions",
        _("Positions"),
        "people:position-list",
        "sitemap",
        "team",
        30,
        policies.EMPLOYEE_VIEW,
    )
)


@register_search
def employees(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Employees by name, with what they hold today."""
    visible = Employee.objects.visible_to(user, policies.EMPLOYEE_VIEW)
    found = list(visible.filter(full_name__icontains=query)[:limit])
    held = Appointment.objects.on(timezone.localdate()).filter(employee__in=found)
    positions = {each.employee_id: each.position.name for each in held.select_related("position")}
    for each in found:
        detail = positions.get(each.pk, "")
        yield SearchHit(_("Employee"), each.full_name, each.get_absolute_url(), detail)
