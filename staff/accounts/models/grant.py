"""Roles given on a scope, roles lent for a time, and what a role requires at log-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from staff.accounts.models.scope import Scope
from staff.accounts.rights import Role


class RoleGrantQuerySet(models.QuerySet[Any]):
    def active(self) -> RoleGrantQuerySet:
        """Given, begun and not ended now."""
        now = timezone.now()
        return self.filter(starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))


class RoleGrant(PublicModel):
    """``user`` is ``role`` in ``scope`` and everything under it. Ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="grants",
        verbose_name=_("user"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, verbose_name=_("where"))
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope"],
                condition=Q(ends_at=None),
                name="role_grant_once",
                violation_error_message=_("The person already has this role here."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="role_grant_ends_after_start",
                violation_error_message=_("The end must be later than the start."),
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="role_grant_of_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.scope}"


class DelegationQuerySet(models.QuerySet[Any]):
    def active(self) -> DelegationQuerySet:
        """In force now, while the giver may log in and holds the role there or above."""
        now = timezone.now()
        given = (
            RoleGrant.objects.active()
            .filter(user=models.OuterRef("from_user"), role=models.OuterRef("role"))
            .annotate(
                # A bare outer reference has no lookups of its own.
                wanted=models.ExpressionWrapper(
                    models.OuterRef("scope__path"), output_field=models.CharField()
                )
            )
        )
        holds = given.filter(wanted__startswith=F("scope__path"))
        return self.filter(
            models.Exists(holds),
            from_user__is_active=True,
            starts_at__lte=now,
            ends_at__gt=now,
            revoked_at=None,
        )


class Delegation(PublicModel):
    """``from_user`` lends their role on a scope to ``to_user`` until ``ends_at`` (duty, leave)."""

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="delegations_received",
        verbose_name=_("to whom"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, verbose_name=_("where"))
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=250)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="delegation_ends_after_start",
                violation_error_message=_("The end must be later than the start."),
            ),
            models.CheckConstraint(
                condition=~Q(from_user=F("to_user")),
                name="delegation_not_to_self",
                violation_error_message=_("Rights are delegated to another person."),
            ),
        ]
        indexes = [models.Index(fields=["to_user", "ends_at"], name="delegation_of_user")]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user} · {self.get_role_display()}"


class RolePolicy(models.Model):
    """What a role requires of those who hold it."""

    role = models.CharField(max_length=20, choices=Role.choices, unique=True)
    second_factor = models.BooleanField(_("second factor required"), default=False)

    def __str__(self) -> str:
        return self.get_role_display()
