"""Places somebody is looked for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.lib.models import PublicModel, Timestamped
from staff.accounts.models import ScopedQuerySet
from staff.people.models import Position


class VacancyQuerySet(ScopedQuerySet):
    scope_field = "position__scope"


class Vacancy(PublicModel, Timestamped):
    """One person is looked for. A position of two people has two vacancies."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("vacancy", "open")
        FILLED = "filled", pgettext_lazy("vacancy", "filled")
        CANCELLED = "cancelled", pgettext_lazy("vacancy", "cancelled")

    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="vacancies", verbose_name=_("position")
    )
    opened_on = models.DateField(_("opened on"))
    reason = models.CharField(
        _("reason"), max_length=250, help_text=_("A new place, somebody leaves, more work…")
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.OPEN, editable=False
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None)
                | (~Q(state="open") & Q(closed_on__isnull=False)),
                name="vacancy_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="vacancy_closes_after_opening",
                violation_error_message=_("A vacancy cannot close before it is opened."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.position)

    def get_absolute_url(self) -> str:
        return reverse("hiring:vacancy-detail", args=[self.uid])
