"""What a number is about: a site, a channel, a campaign, a mailing, a coupon series…"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Direction
from staff.accounts.models import Scope, ScopedQuerySet


class Subject(PublicModel, Timestamped):
    """The register's name for an object. ``origin`` and ``key`` name it where it came from: a
    source ("source:12") or an app of ours ("channels_publishing"); no part of the key is ever
    empty. ``owner`` is who answers for it now, `SubjectOwner` who did before. A duplicate keeps its
    results and points to the one it is shown as (``merged_into``).
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        SITE = "site", _("Site")
        CHANNEL = "channel", _("Channel")
        CAMPAIGN = "campaign", _("Campaign")
        PLACEMENT = "placement", _("Placement")
        MAILING = "mailing", _("Mailing")
        SERIES = "series", _("Code series")
        PROGRAMME = "programme", _("Programme")
        EVENT = "event", _("Event")
        CREATIVE = "creative", _("Creative")
        COMMUNITY = "community", _("Community")
        LIST = "list", _("Mailing list")
        LINE = "line", _("Telephone line")
        PIPELINE = "pipeline", _("Pipeline")
        SHOP = "shop", _("Shop")
        PRODUCT = "product", _("Product")

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    origin = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    label = models.CharField(_("name"), max_length=250)
    url = models.URLField(max_length=500, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    direction = models.ForeignKey(
        Direction, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "kind", "key"], name="subject_once_in_origin")
        ]
        indexes = [models.Index(fields=["scope", "kind"], name="subject_of_scope")]

    def __str__(self) -> str:
        return self.label


class SubjectOwner(models.Model):
    """Who answered for a subject from ``first_day`` to ``last_day`` (NULL: still), so that a past
    month is judged by those who ran it."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="owners")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "first_day"], name="subject_owner_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.first_day}"
