"""The tree rights are given on: group → company → department → direction.

`departments.structure` owns the companies and departments and hangs each on its scope; everything a
right guards carries a scope, so one filter answers "which rows may this person see".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel

if TYPE_CHECKING:
    from staff.accounts.models.user import User


class Scope(PublicModel):
    """``path`` holds the ids from the root, "/1/4/9/"; a scope covers every path that begins so."""

    class Kind(models.TextChoices):
        GROUP = "group", _("Group of companies")
        COMPANY = "company", _("Company")
        DEPARTMENT = "department", _("Department")
        DIRECTION = "direction", _("Direction")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    label = models.CharField(max_length=250, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="group"), name="scope_one_group"
            ),
            models.CheckConstraint(
                condition=Q(kind="group", parent=None) | ~Q(kind="group") & Q(parent__isnull=False),
                name="scope_root_is_group",
            ),
        ]
        indexes = [
            # "everything under this scope": path LIKE '/1/4/%'
            models.Index(
                fields=["path"], name="scope_path_prefix", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        # A direction is called by its letter, the group mostly has no name: the kind tells.
        if self.kind == self.Kind.DIRECTION:
            return f"{self.get_kind_display()} {self.label}"
        return self.label or str(self.get_kind_display())

    def covers(self, other: Scope) -> bool:
        """Whether ``other`` is this scope or lies under it."""
        return other.path.startswith(self.path)

    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to this scope itself."""
        return [int(part) for part in self.path.strip("/").split("/")]


def within(paths: list[str], field: str = "scope") -> Q:
    """Rows whose ``field`` lies under any of ``paths``; nothing for no paths."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__path__startswith": path})
    return condition


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that carry a scope. ``scope_field`` names the way to it."""

    scope_field = "scope"

    def visible_to(self, user: User, right: str) -> Self:
        """Rows on which ``user`` holds ``right``."""
        if user.is_superuser:
            return self
        return self.filter(within(user.paths_with(right), self.scope_field))
