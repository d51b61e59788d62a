"""Candidates and their way to the job."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.hiring import policies
from staff.hiring.models import Candidate, Vacancy
from staff.hiring.services.vacancies import close, vacancy_locked
from staff.people.models import Employee
from staff.people.responsible import refuse_foreign

# Not the contact: the audit trail is read by more people than may see it.
AUDITED = ("full_name", "source", "stage", "mentor", "verdict")
Stage = Candidate.Stage

NEXT: dict[str, tuple[str, ...]] = {
    Stage.APPLIED: (Stage.INTERVIEW, Stage.REFUSED),
    Stage.INTERVIEW: (Stage.INTERNSHIP, Stage.HIRED, Stage.REFUSED),
    Stage.INTERNSHIP: (Stage.HIRED, Stage.REFUSED),
    Stage.HIRED: (),
    # Who was refused may be called again.
    Stage.REFUSED: (Stage.INTERVIEW,),
}


class CandidateFields(TypedDict):
    """What is known of a person; fields as in `Candidate`."""

    full_name: str
    contact: str
    source: str


@transaction.atomic
def candidate_add(*, actor: User, vacancy: Vacancy, **fields: Unpack[CandidateFields]) -> Candidate:
    """A new candidate for an open vacancy."""
    vacancy = vacancy_locked(vacancy)
    require(actor, policies.HIRING_MANAGE, vacancy.position.scope)
    _require_open(vacancy)
    candidate = Candidate(vacancy=vacancy)
    _fill(candidate, fields)
    _note(actor, candidate, "added", {})
    return candidate


@transaction.atomic
def candidate_edit(
    *, actor: User, candidate: Candidate, **fields: Unpack[CandidateFields]
) -> Candidate:
    """Correct what is known of a person. A changed contact is noted without its text."""
    candidate = _locked(actor, candidate)
    before = snapshot(candidate, *AUDITED)
    contact_changed = candidate.contact != fields["contact"]
    _fill(candidate, fields)
    reason = str(_("The contact has changed.")) if contact_changed else ""
    _note(actor, candidate, "changed", before, reason)
    return candidate


@transaction.atomic
def candidate_move(
    *,
    actor: User,
    candidate: Candidate,
    stage: str,
    mentor: Employee | None = None,
    verdict: str = "",
) -> Candidate:
    """The next stage of `NEXT`. An internship needs a mentor, a decision its verdict; hiring fills
    the vacancy. Raises `Conflict` for a stage that does not follow or a vacancy that is closed."""
    candidate = _locked(actor, candidate)
    if stage not in NEXT[candidate.stage]:
        raise Conflict
    if stage != Stage.REFUSED:
        _require_open(candidate.vacancy)
    before = snapshot(candidate, *AUDITED)
    candidate.stage = stage
    if mentor is not None:
        refuse_foreign(mentor, candidate.vacancy.position.department, "mentor")
        candidate.mentor = mentor
    candidate.verdict = verdict.strip() or candidate.verdict
    full_clean(candidate)
    candidate.save()
    if stage == Stage.HIRED:
        close(actor, candidate.vacancy, Vacancy.State.FILLED, reason=candidate.full_name)
    _note(actor, candidate, "moved", before)
    return candidate


def _locked(actor: User, candidate: Candidate) -> Candidate:
    """The candidate as it stands now; the vacancy is locked first, so that one person is hired."""
    vacancy = vacancy_locked(candidate.vacancy)
    require(actor, policies.HIRING_MANAGE, vacancy.position.scope)
    found: Candidate = Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    found.vacancy = vacancy
    return found


def _require_open(vacancy: Vacancy) -> None:
    if vacancy.state != Vacancy.State.OPEN:
        raise Conflict(_("The vacancy is closed."), code="closed")


def _fill(candidate: Candidate, fields: CandidateFields) -> None:
    for name, value in fields.items():
        setattr(candidate, name, value)
    full_clean(candidate)
    candidate.save()


def _note(
    actor: User, candidate: Candidate, verb: str, before: dict[str, object], reason: str = ""
) -> None:
    audit(
        action=f"hiring.candidate.{verb}",
        actor=actor,
        target=candidate,
        scope=candidate.vacancy.position.scope,
        before=before,
        after=snapshot(candidate, *AUDITED),
        reason=reason,
    )
