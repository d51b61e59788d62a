"""Companies and their outlets."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from staff.accounts.models import Scope, ScopedQuerySet, User
from staff.accounts.models.scope import within
from staff.accounts.models.user import validate_time_zone


class CompanyQuerySet(ScopedQuerySet):
    def visible_to(self, user: User, right: str) -> Self:
        """Companies in scope, and those that a department in scope serves."""
        if user.is_superuser:
            return self
        paths = user.paths_with(right)
        own, served = within(paths), within(paths, "departments__scope")
        parts = Q(departments__directions__scope__path__in=paths)
        return self.filter(own | served | parts).distinct()

    def managed_by(self, user: User, right: str) -> Self:
        """Companies that ``user`` may change: in scope; being served is not enough."""
        return self if user.is_superuser else self.filter(within(user.paths_with(right)))


class Company(PublicModel, Timestamped):
    """A trading company. ``time_zone`` cuts its business days, ``currency`` is its money."""

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="company")
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Moscow", validators=[validate_time_zone]
    )
    site_url = models.URLField(_("site"), blank=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="company_name_unique",
                violation_error_code="unique",  # the refusal is shown at the field
                violation_error_message=_("A company with this name already exists."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("structure:company-detail", args=[self.uid])


class OutletQuerySet(ScopedQuerySet):
    scope_field = "company__scope"


class Outlet(PublicModel, Timestamped):
    """A shop, a point of issue, an office where clients come."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="outlets")
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    is_open = models.BooleanField(_("works"), default=True)

    objects = OutletQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="outlet_name_in_company",
                violation_error_message=_("The company already has an outlet with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
