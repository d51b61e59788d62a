"""Groups of clients the department speaks to."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Department
from staff.accounts.models import ScopedQuerySet, User


class ClientGroupQuerySet(ScopedQuerySet):
    scope_field = "department__scope"

    def visible_to(self, user: User, right: str) -> Self:
        """Groups of every department the person works in: programmes and mailings share them."""
        if user.is_superuser:
            return self
        return self.filter(department__in=Department.objects.visible_to(user, right))

    def in_use(self) -> Self:
        return self.filter(archived_at=None)


class ClientGroup(PublicModel, Timestamped):
    """A group with common needs or habits. ``size_estimate`` people were in it on ``size_on``."""

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(
        _("description"), blank=True, help_text=_("Who they are and what they have in common.")
    )
    size_estimate = models.PositiveIntegerField(_("people, estimate"), null=True, blank=True)
    size_on = models.DateField(_("estimated on"), null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ClientGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                condition=Q(archived_at=None),
                name="client_group_name_in_department",
                violation_error_message=_("There is already a client group with this name."),
            ),
            models.CheckConstraint(
                condition=Q(size_estimate=None, size_on=None)
                | Q(size_estimate__isnull=False, size_on__isnull=False),
                name="client_group_size_with_date",
                violation_error_message=_("An estimate of the size has a number and a date."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("client_programs:group-detail", args=[self.uid])
