"""Read models of hiring."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Value, When

from staff.accounts.history import history
from staff.accounts.models import User
from staff.accounts.models.scope import within
from staff.hiring import policies
from staff.hiring.models import Candidate, Vacancy
from staff.hiring.services.candidates import NEXT
from staff.hiring.tables import STAGE_TONES, VACANCY_TONES
from staff.people.models import Employee
from staff.people.policies import EMPLOYEE_MANAGE

DECIDED = (Candidate.Stage.HIRED, Candidate.Stage.REFUSED)


def vacancies_for(user: User) -> Any:
    """Visible vacancies with ``live``: how many candidates are not decided on."""
    live = Count("candidates", filter=~Q(candidates__stage__in=DECIDED))
    rows = Vacancy.objects.visible_to(user, policies.HIRING_VIEW)
    return rows.select_related("position__department__company", "position__scope").annotate(
        live=live
    )


def candidates_for(user: User) -> Any:
    """Visible candidates; ``shown_contact`` is NULL where the person may not see contacts."""
    allowed = within(user.paths_with(policies.CONTACT_VIEW), "vacancy__position__scope")
    rows = Candidate.objects.visible_to(user, policies.HIRING_VIEW).defer("contact")
    shown = Case(
        When(allowed & ~Q(contact=""), then=F("contact")),
        default=Value(None),
        output_field=CharField(null=True),
    )
    return rows.select_related(
        "vacancy__position__department__scope", "vacancy__position__scope", "mentor"
    ).annotate(shown_contact=shown)


def vacancy_card(user: User, vacancy: Vacancy) -> dict[str, Any]:
    """The vacancy, its candidates, what the person may do."""
    may = user.can(policies.HIRING_MANAGE, vacancy.position.scope)
    is_open = vacancy.state == Vacancy.State.OPEN
    candidates = candidates_for(user).filter(vacancy=vacancy)
    return {
        "title": str(vacancy),
        "vacancy": vacancy,
        "tone": VACANCY_TONES.get(vacancy.state, ""),
        "candidates": [(row, STAGE_TONES.get(row.stage, "")) for row in candidates],
        "may_manage": may and is_open,
        "history": history(user, vacancy),
    }


def candidate_card(user: User, candidate: Candidate) -> dict[str, Any]:
    """The candidate and whether the person may move them on."""
    scope = candidate.vacancy.position.scope
    may = user.can(policies.HIRING_MANAGE, scope)
    is_open = candidate.vacancy.state == Vacancy.State.OPEN
    return {
        "title": candidate.full_name,
        "candidate": candidate,
        "tone": STAGE_TONES.get(candidate.stage, ""),
        "sees_contact": user.can(policies.CONTACT_VIEW, scope),
        "may_edit": may,
        "may_move": may and is_open and bool(NEXT[candidate.stage]),
        "may_employ": _may_employ(user, candidate),
        "history": history(user, candidate),
    }


def _may_employ(user: User, candidate: Candidate) -> bool:
    """Hired here, not on the staff yet, and the person may put them there."""
    department = candidate.vacancy.position.department
    if candidate.stage != Candidate.Stage.HIRED:
        return False
    known = Employee.objects.filter(department=department, full_name=candidate.full_name)
    return user.can(EMPLOYEE_MANAGE, department.scope) and not known.exists()
