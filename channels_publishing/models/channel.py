"""Information channels of direction A."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Direction
from kpis.register.models import Source, Subject
from staff.accounts.models import ScopedQuerySet
from staff.people.models import Employee


class ChannelQuerySet(ScopedQuerySet):
    scope_field = "direction__scope"


class Channel(PublicModel, Timestamped):
    """A place where the department speaks to its audience. ``source`` reads its figures, where one
    is connected; ``verdict`` is what the last analysis decided about it."""

    class Kind(models.TextChoices):
        """Rows A.I1-A.I5 of the ideal model, see `MODEL_CODES`."""

        OWN_SITE = "own_site", _("Pages on the own site")
        GROUP = "group", _("Group in a social network")
        PAGE = "page", _("Page in a social network")
        BANNER = "banner", _("Banners")
        MARKETPLACE = "marketplace", _("Marketplace account")

    class Verdict(models.TextChoices):
        KEEP = "keep", _("Keep")
        TEST = "test", _("Test")
        DROP = "drop", _("Give up")

    direction = models.ForeignKey(
        Direction, on_delete=models.PROTECT, related_name="+", verbose_name=_("direction")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=150)
    url = models.URLField(_("address"), max_length=500, blank=True)
    audience = models.TextField(
        _("audience"), blank=True, help_text=_("Who is there and how they are used to talking.")
    )
    responsible = models.ForeignKey(
        Employee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    source = models.ForeignKey(
        Source,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("source of figures"),
    )
    verdict = models.CharField(_("verdict"), max_length=4, choices=Verdict.choices, blank=True)
    verdict_on = models.DateField(_("decided on"), null=True, blank=True)
    verdict_reason = models.CharField(_("why"), max_length=500, blank=True)
    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, related_name="+", editable=False
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "name"],
                condition=Q(archived_at=None),
                name="channel_name_in_direction",
                violation_error_message=_("There is already a channel with this name."),
            ),
            models.CheckConstraint(
                condition=Q(verdict="", verdict_on=None)
                | (~Q(verdict="") & Q(verdict_on__isnull=False) & ~Q(verdict_reason="")),
                name="channel_verdict_with_reason",
                violation_error_message=_("A verdict has a date and a reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("channels_publishing:channel-detail", args=[self.uid])


MODEL_CODES = {
    "A.I1": Channel.Kind.OWN_SITE,
    "A.I2": Channel.Kind.GROUP,
    "A.I3": Channel.Kind.PAGE,
    "A.I4": Channel.Kind.BANNER,
    "A.I5": Channel.Kind.MARKETPLACE,
}
