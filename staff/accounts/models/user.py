"""A person who logs in: e-mail, a name, and how they like to see the product."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from staff.accounts.rights import Role, right

if TYPE_CHECKING:
    from staff.accounts.models.scope import Scope


def validate_time_zone(name: str) -> None:
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no such time zone."), code="time_zone")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a normalised e-mail; without a password they set one by the reset link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)


class User(PublicModel, AbstractBaseUser, PermissionsMixin):
    class Theme(models.TextChoices):
        AUTO = "auto", _("As on the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Language(models.TextChoices):
        BROWSER = "", _("As in the browser")
        RU = "ru", "Русский"
        EN = "en", "English"

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    is_active = models.BooleanField(_("may log in"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, blank=True, default=Language.BROWSER
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_time_zone]
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("A user with this e-mail already exists."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_absolute_url(self) -> str:
        return reverse("accounts:user-detail", args=[self.uid])

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar."""
        return "".join(word[0] for word in self.full_name.split()[:2]).upper() or "?"

    # --- what they may do; read once per request, one query per kind of grant ------------------
    @cached_property
    def holdings(self) -> list[tuple[str, str]]:
        """(role, scope path) of every role held now, own or delegated. Costs two queries."""
        from staff.accounts.models.grant import Delegation, RoleGrant

        if not self.is_active or self.pk is None:
            return []
        own = RoleGrant.objects.active().filter(user=self).values_list("role", "scope__path")
        lent = Delegation.objects.active().filter(to_user=self).values_list("role", "scope__path")
        return [*own, *lent]

    @property
    def roles(self) -> set[str]:
        return {role for role, _path in self.holdings}

    def paths_with(self, code: str) -> list[str]:
        """Scope paths on which the right ``code`` is held; "/" (everything) for a superuser."""
        if self.is_superuser:
            return ["/"]
        roles = right(code).roles
        return sorted({path for role, path in self.holdings if role in roles})

    def can(self, code: str, scope: Scope | None = None) -> bool:
        """Whether the right is held on ``scope``, or anywhere at all when no scope is given."""
        paths = self.paths_with(code)
        if scope is None:
            return bool(paths)
        return any(scope.path.startswith(path) for path in paths)

    def is_only(self, *roles: Role) -> bool:
        """Whether every role held is among ``roles`` (used for the start page)."""
        return bool(self.roles) and self.roles <= set(roles)
