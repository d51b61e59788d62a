"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.audit_registry import describe_actions, link_targets
from staff.hiring.models import Candidate, Vacancy

describe_actions(
    {
        "hiring.vacancy.opened": _("Vacancy opened"),
        "hiring.vacancy.filled": _("Vacancy filled"),
        "hiring.vacancy.cancelled": _("Vacancy cancelled"),
        "hiring.candidate.added": _("Candidate added"),
        "hiring.candidate.changed": _("Candidate changed"),
        "hiring.candidate.moved": _("Candidate moved on"),
    }
)
link_targets({Vacancy: "hiring:vacancy-detail", Candidate: "hiring:candidate-detail"})
