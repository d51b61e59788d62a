"""Read models of the shell."""

from __future__ import annotations

from django.db.models import F, Q

from departments.structure.models import BrandKit
from staff.accounts.models import RoleGrant, User
from staff.accounts.rights import Role


def brand_for(user: User) -> BrandKit | None:
    """The brand of the person's company: the one above their place, else the first under it."""
    paths = ["/"] if user.is_superuser else sorted({path for _role, path in user.holdings})
    if not paths:
        return None
    place = paths[0]
    above = Q(pk__in=[])
    parts = [part for part in place.strip("/").split("/") if part]
    if parts:
        above = Q(company__scope_id__in=[int(part) for part in parts])
    kits = BrandKit.objects.select_related("company").order_by(F("company_id"))
    return kits.filter(above | Q(company__scope__path__startswith=place)).first()


def people_to_ask() -> list[User]:
    """Who can give a role to somebody who has none: a few directors and heads."""
    grants = RoleGrant.objects.active().filter(role__in=(Role.DIRECTOR, Role.HEAD))
    people = User.objects.filter(is_active=True, pk__in=grants.values("user"))
    return list(people.order_by("full_name")[:5])
