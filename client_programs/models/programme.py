"""Client programmes of direction B."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from client_programs.models.client_group import ClientGroup
from config.lib.models import PublicModel, Timestamped
from departments.structure.models import Direction
from kpis.register.models import Subject
from staff.accounts.models import ScopedQuerySet
from staff.people.models import Employee


class ProgrammeQuerySet(ScopedQuerySet):
    scope_field = "direction__scope"


class Programme(PublicModel, Timestamped):
    """A programme for one client group: drafted, staff trained, running, closed with conclusions.

    ``ends_on`` is its last day; None: until it is closed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        # Translators: state of a programme while the staff is being trained before its start
        TRAINING = "training", _("staff training")
        RUNNING = "running", _("running")
        CLOSED = "closed", pgettext_lazy("programme", "closed")

    direction = models.ForeignKey(
        Direction, on_delete=models.PROTECT, related_name="+", verbose_name=_("direction")
    )
    name = models.CharField(_("name"), max_length=150)
    group = models.ForeignKey(
        ClientGroup,
        on_delete=models.PROTECT,
        related_name="programmes",
        verbose_name=_("client group"),
    )
    goal = models.TextField(_("goal"))
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False
    )
    responsible = models.ForeignKey(
        Employee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    conclusions = models.TextField(_("conclusions"), blank=True, editable=False)
    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "name"],
                name="programme_name_in_direction",
                violation_error_message=_("There is already a programme with this name."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="programme_ends_after_start",
                violation_error_message=_("The end cannot be before the start."),
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(conclusions=""),
                name="programme_closed_with_conclusions",
                violation_error_message=_("A programme is closed with conclusions."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("client_programs:programme-detail", args=[self.uid])
