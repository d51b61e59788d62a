"""Mailings of direction C: planned here, carried out in the department's mailing service."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from client_programs.models import ClientGroup
from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Direction
from kpis.register.models import Subject
from staff.accounts.models import ScopedQuerySet
from staff.people.models import Employee


class MailingQuerySet(ScopedQuerySet):
    scope_field = "direction__scope"


class Mailing(PublicModel, Timestamped):
    """One mailing to one client group. ``service_url`` is its page in the mailing service,
    ``recipients`` how many it went to (known once it is sent)."""

    class Medium(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        MESSENGER = "messenger", _("Messenger")

    class State(models.TextChoices):
        # Russian needs its own words: a mailing is feminine there.
        PLANNED = "planned", pgettext_lazy("mailing", "planned")
        SENT = "sent", pgettext_lazy("mailing", "sent")
        CANCELLED = "cancelled", pgettext_lazy("mailing", "cancelled")

    direction = models.ForeignKey(
        Direction, on_delete=models.PROTECT, related_name="+", verbose_name=_("direction")
    )
    name = models.CharField(_("name"), max_length=150)
    group = models.ForeignKey(
        ClientGroup,
        on_delete=models.PROTECT,
        related_name="mailings",
        verbose_name=_("client group"),
    )
    # Translators: the medium of a mailing: e-mail, SMS or messenger
    medium = models.CharField(_("sent by"), max_length=9, choices=Medium.choices)
    planned_at = models.DateTimeField(pgettext_lazy("mailing", "planned for"))
    responsible = models.ForeignKey(
        Employee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    service_url = models.URLField(
        _("page in the mailing service"),
        max_length=500,
        blank=True,
        help_text=_("Where it is prepared and its own statistics are seen."),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.PLANNED, editable=False
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    recipients = models.PositiveIntegerField(_("recipients"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("why cancelled"), max_length=250, blank=True, editable=False)
    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False, recipients__gt=0)
                | ~Q(state="sent") & Q(sent_at=None, recipients=None),
                name="mailing_sent_to_somebody",
                violation_error_message=_("A sent mailing has a time and recipients."),
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
                name="mailing_cancelled_with_reason",
                violation_error_message=_("Say why the mailing is cancelled."),
            ),
        ]
        # the plan by date
        indexes = [models.Index(fields=["direction", "planned_at"], name="mailing_by_date")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mailings:mailing-detail", args=[self.uid])

    @property
    def is_late(self) -> bool:
        """Planned for a moment that has passed."""
        return self.state == self.State.PLANNED and self.planned_at < timezone.now()
