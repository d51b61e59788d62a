"""Which department a page is about."""

from __future__ import annotations

from dataclasses import dataclass

from departments.structure.models import Department
from staff.accounts.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """The chosen department (None where the person sees none) among all they may choose."""

    department: Department | None
    departments: tuple[Department, ...]


def place_of(*, user: User, right: str, wanted: str = "", remembered: str = "") -> Place | None:
    """The department ``wanted`` (its uid) or, without one, the ``remembered`` or the first.

    None when ``wanted`` is not among those the person may see. One query.
    """
    rows = Department.objects.visible_to(user, right).select_related("company__scope", "scope")
    departments = tuple(rows)
    by_uid = {str(row.uid): row for row in departments}
    if wanted:
        return Place(by_uid[wanted], departments) if wanted in by_uid else None
    first = departments[0] if departments else None
    return Place(by_uid.get(remembered, first), departments)
