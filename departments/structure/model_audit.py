"""What this app knows about rows of the ideal model: units, subordination, companies served."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments.structure.audit_registry import Finding, State, register_probe
from departments.structure.blueprint import UNITS
from departments.structure.models import Department, Unit
from staff.accounts.models import RoleGrant, Scope
from staff.accounts.rights import Role


@register_probe
def units(department: Department) -> Mapping[str, Finding]:
    """A.U1 … C.U3: the units of the installed directions."""
    here = Unit.objects.filter(direction__department=department).exclude(model_code="")
    names = {unit.model_code: unit.name for unit in here}
    url = department.get_absolute_url()
    return {
        row.code: Finding(State.PRESENT, names[row.code], url)
        if row.code in names
        else Finding(State.MISSING, _("no such unit"), url)
        for row in UNITS
    }


@register_probe
def subordination(department: Department) -> Mapping[str, Finding]:
    """H.S1: a director above the head; H.S2: a head above the staff; H.L4: how many are served."""
    served = department.companies.count()
    words = ngettext("serves %(n)s company", "serves %(n)s companies", served) % {"n": served}
    return {
        "H.S1": _held(Role.DIRECTOR, department.company.scope, _("no director logs in")),
        "H.S2": _held(Role.HEAD, department.scope, _("no head logs in")),
        "H.L4": Finding(
            State.PRESENT if served > 1 else State.EMPTY, words, department.get_absolute_url()
        ),
    }


def _held(role: Role, scope: Scope, nobody: str) -> Finding:
    grants = RoleGrant.objects.active().filter(
        role=role, scope_id__in=scope.ancestor_ids(), user__is_active=True
    )
    people = [str(grant.user) for grant in grants.select_related("user")[:3]]
    if people:
        return Finding(State.PRESENT, ", ".join(people), reverse("accounts:user-list"))
    return Finding(State.MISSING, nobody, reverse("accounts:user-invite"))
