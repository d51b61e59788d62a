"""What is placed on a channel, when, and whether it really stands there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_publishing.models.channel import Channel
from config.lib.models import PublicModel, Timestamped
from kpis.register.models import Subject
from staff.accounts.models import ScopedQuerySet


class PlacementQuerySet(ScopedQuerySet):
    scope_field = "channel__direction__scope"


class Placement(PublicModel, Timestamped):
    """One placement: planned, placed (``url`` is the evidence), checked or found defective.

    ``cost`` is in the company's currency; None: not known, which is not zero.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        PLACED = "placed", _("placed")
        CHECKED = "checked", _("checked")
        # Translators: a placement that is not as agreed (брак размещения)
        DEFECT = "defect", _("defect")
        CANCELLED = "cancelled", _("cancelled")

    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="placements", verbose_name=_("channel")
    )
    title = models.CharField(_("what is placed"), max_length=200)
    planned_at = models.DateTimeField(_("planned for"))
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.PLANNED, editable=False
    )
    published_at = models.DateTimeField(_("placed at"), null=True, blank=True)
    url = models.URLField(_("link to the placement"), max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    evidence_url = models.URLField(_("link to the evidence"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "cancelled"])
                | (Q(published_at__isnull=False) & ~Q(url="")),
                name="placement_placed_with_link",
                violation_error_message=_("Give the link to what is placed."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "defect"])
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="placement_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["defect", "cancelled"]) | ~Q(note=""),
                name="placement_defect_explained",
                violation_error_message=_("Say what is wrong."),
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0),
                name="placement_cost_not_negative",
                violation_error_message=_("A cost cannot be negative."),
            ),
        ]
        # the list by date, one channel's placements
        indexes = [models.Index(fields=["channel", "planned_at"], name="placement_of_channel")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("channels_publishing:placement-detail", args=[self.uid])

    @property
    def is_late(self) -> bool:
        """Planned for a moment that has passed."""
        return self.state == self.State.PLANNED and self.planned_at < timezone.now()

    @property
    def currency(self) -> str:
        return self.channel.direction.department.company.currency
