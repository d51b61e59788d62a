"""Keys with which programs call the API in a person's name."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel


class ApiScope(models.TextChoices):
    """What a token may be used for; never more than its person may do."""

    READ_REGISTER = "read:register", _("Read the register: metrics and results")
    READ_KPIS = "read:kpis", _("Read KPIs, their values and targets")
    WRITE_TARGETS = "write:targets", _("Set targets")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> ApiTokenQuerySet:
        """Neither revoked nor expired, of people who may log in."""
        lives = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(lives, revoked_at=None, user__is_active=True)


class ApiToken(PublicModel):
    """``prefix`` is the part people recognise a token by; of the secret only ``digest`` (SHA-256)
    is kept. ``user`` is whom it acts for. ``used_at`` is exact to a minute.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=20, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=ApiScope.choices))
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(scopes=[]),
                name="api_token_has_scopes",
                violation_error_message=_("Choose what the token may be used for."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and not self.is_expired and self.user.is_active

    @property
    def scope_labels(self) -> list[str]:
        """What it may be used for, in words."""
        return [str(ApiScope(scope).label) for scope in self.scopes]
