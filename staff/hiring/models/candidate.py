"""People who may come to work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from staff.accounts.models import ScopedQuerySet
from staff.hiring.models.vacancy import Vacancy
from staff.people.models import Employee


class CandidateQuerySet(ScopedQuerySet):
    scope_field = "vacancy__position__scope"


class Candidate(PublicModel, Timestamped):
    """One person for one vacancy. ``contact`` is personal data: it is shown only with its own right
    and never written into the audit trail."""

    class Stage(models.TextChoices):
        # Translators: stages of a candidate
        APPLIED = "applied", _("applied")
        INTERVIEW = "interview", _("interview")
        INTERNSHIP = "internship", _("internship")
        HIRED = "hired", _("hired")
        REFUSED = "refused", _("refused")

    vacancy = models.ForeignKey(
        Vacancy, on_delete=models.PROTECT, related_name="candidates", verbose_name=_("vacancy")
    )
    full_name = models.CharField(_("full name"), max_length=150)
    contact = models.CharField(
        _("contact"), max_length=150, blank=True, help_text=_("Telephone, e-mail or messenger.")
    )
    source = models.CharField(
        _("where from"), max_length=150, blank=True, help_text=_("A job site, a recommendation…")
    )
    stage = models.CharField(
        _("stage"), max_length=10, choices=Stage.choices, default=Stage.APPLIED, editable=False
    )
    mentor = models.ForeignKey(
        Employee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("mentor"),
    )
    verdict = models.TextField(_("verdict"), blank=True, editable=False)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage="internship") | Q(mentor__isnull=False),
                name="candidate_interns_with_mentor",
                violation_error_message=_("An internship has a mentor."),
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["hired", "refused"]) | ~Q(verdict=""),
                name="candidate_decided_with_verdict",
                violation_error_message=_("Write the verdict: why yes or why no."),
            ),
            models.UniqueConstraint(
                fields=["vacancy"],
                condition=Q(stage="hired"),
                name="candidate_one_hired_for_vacancy",
                violation_error_message=_("Somebody is hired for this vacancy already."),
            ),
        ]
        # the candidates of a vacancy by stage
        indexes = [models.Index(fields=["vacancy", "stage"], name="candidate_of_vacancy")]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("hiring:candidate-detail", args=[self.uid])
