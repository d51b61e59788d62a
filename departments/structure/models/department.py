"""The department, its directions A, B, C and their units."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import BilingualName
from departments.structure.models.company import Company
from staff.accounts.models import Scope, ScopedQuerySet, User
from staff.accounts.models.scope import within


class DepartmentQuerySet(ScopedQuerySet):
    def visible_to(self, user: User, right: str) -> Self:
        """Departments in scope, and those that serve a company in scope."""
        if user.is_superuser:
            return self
        paths = user.paths_with(right)
        own = within(paths)
        served = within(paths, "companies__scope")
        parts = Q(directions__scope__path__in=paths)  # a direction's people see their department
        return self.filter(own | served | parts).distinct()


class Department(PublicModel, Timestamped):
    """A marketing department; ``company`` is its home, ``companies`` all it serves."""

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="department")
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        related_name="home_departments",
        verbose_name=_("company"),
    )
    companies = models.ManyToManyField(
        Company, related_name="departments", verbose_name=_("serves companies")
    )
    name = models.CharField(_("name"), max_length=200)
    by_ideal_model = models.BooleanField(default=False, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="department_name_in_company",
                violation_error_message=_("The company already has a department with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("structure:department-detail", args=[self.uid])


class Direction(PublicModel, BilingualName):
    """A, B or C of a department. ``code`` is the letter of the ideal model."""

    class Code(models.TextChoices):
        A = "A", _("A. Placing information on channels")
        B = "B", _("B. Client programmes")
        C = "C", _("C. Mailings and targeted events")

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="direction")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="directions")
    code = models.CharField(max_length=1, choices=Code.choices)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "code"], name="direction_once_in_department"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.name}"


class UnitQuerySet(ScopedQuerySet):
    scope_field = "direction__scope"


class Unit(PublicModel, BilingualName):
    """A unit of a direction; ``model_code`` is its row of the ideal model, "" for one's own."""

    direction = models.ForeignKey(Direction, on_delete=models.PROTECT, related_name="units")
    model_code = models.CharField(max_length=8, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["model_code", "name_ru"]
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "model_code"],
                condition=~Q(model_code=""),
                name="unit_once_in_direction",
            )
        ]
