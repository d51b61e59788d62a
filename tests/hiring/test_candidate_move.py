"""The way of a candidate, and what is refused on it."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.structure.audit_registry import State
from staff.accounts.models import AuditEvent, User
from staff.hiring.model_audit import hiring as probe
from staff.hiring.models import Candidate, Vacancy
from staff.hiring.services.candidates import candidate_edit, candidate_move
from staff.hiring.services.vacancies import vacancy_cancel, vacancy_open
from staff.people.models import Employee
from tests.factories import Tree
from tests.hiring.helpers import (
    CONTACT,
    make_candidate,
    make_mentor,
    make_position,
    make_vacancy,
)


@pytest.fixture
def vacancy(tree: Tree, head: User) -> Vacancy:
    return make_vacancy(head, tree)


@pytest.fixture
def candidate(vacancy: Vacancy, head: User) -> Candidate:
    return make_candidate(head, vacancy)


@pytest.fixture
def mentor(tree: Tree) -> Employee:
    return make_mentor(tree)


def test_hiring_fills_the_vacancy(candidate: Candidate, mentor: Employee, head: User) -> None:
    candidate = candidate_move(actor=head, candidate=candidate, stage="interview")
    candidate = candidate_move(actor=head, candidate=candidate, stage="internship", mentor=mentor)
    candidate = candidate_move(actor=head, candidate=candidate, stage="hired", verdict="Quick")
    assert (candidate.stage, candidate.mentor) == ("hired", mentor)
    vacancy = Vacancy.objects.get(pk=candidate.vacancy_id)
    assert vacancy.state == "filled"
    assert vacancy.closed_on is not None
    with pytest.raises(Conflict) as refusal:
        make_candidate(head, vacancy, "Too late")
    assert refusal.value.code == "closed"


def test_only_one_is_hired_for_a_vacancy(
    vacancy: Vacancy, candidate: Candidate, head: User
) -> None:
    other = make_candidate(head, vacancy, "Olga")
    for each in (candidate, other):
        candidate_move(actor=head, candidate=each, stage="interview")
    candidate_move(actor=head, candidate=candidate, stage="hired", verdict="Quick")
    with pytest.raises(Conflict) as refusal:
        candidate_move(actor=head, candidate=other, stage="hired", verdict="Good too")
    assert refusal.value.code == "closed"
    with (
        pytest.raises(IntegrityError, match="candidate_one_hired_for_vacancy"),
        transaction.atomic(),
    ):
        Candidate.objects.filter(pk=other.pk).update(stage="hired", verdict="x")
    refused = candidate_move(actor=head, candidate=other, stage="refused", verdict="Second best")
    assert refused.stage == "refused"


def test_an_internship_has_a_mentor(candidate: Candidate, head: User) -> None:
    candidate = candidate_move(actor=head, candidate=candidate, stage="interview")
    with pytest.raises(Invalid) as refusal:
        candidate_move(actor=head, candidate=candidate, stage="internship")
    assert "has a mentor" in " ".join(map(str, refusal.value.fields.values()))
    with pytest.raises(IntegrityError, match="candidate_interns_with"), transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(stage="internship")


def test_a_mentor_of_another_department_is_refused(
    candidate: Candidate, other_tree: Tree, head: User
) -> None:
    candidate = candidate_move(actor=head, candidate=candidate, stage="interview")
    with pytest.raises(Invalid) as refusal:
        candidate_move(
            actor=head, candidate=candidate, stage="internship", mentor=make_mentor(other_tree)
        )
    assert refusal.value.code == "foreign_employee"


def test_a_decision_needs_a_verdict(candidate: Candidate, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        candidate_move(actor=head, candidate=candidate, stage="refused", verdict=" ")
    assert "Write the verdict" in " ".join(map(str, refusal.value.fields.values()))
    with pytest.raises(IntegrityError, match="candidate_decided_with"), transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(stage="refused")


def test_stages_are_not_jumped_over(candidate: Candidate, head: User) -> None:
    with pytest.raises(Conflict):
        candidate_move(actor=head, candidate=candidate, stage="hired", verdict="Friend")


def test_a_contact_is_never_in_the_audit_trail(candidate: Candidate, head: User) -> None:
    candidate_edit(
        actor=head, candidate=candidate, full_name="Pavel Novikov", contact="@pavel", source="Site"
    )
    candidate_move(actor=head, candidate=candidate, stage="interview")
    events = AuditEvent.objects.filter(target_id=str(candidate.uid)).order_by("pk")
    assert [event.action.rsplit(".", 1)[1] for event in events] == ["added", "changed", "moved"]
    kept = json.dumps([[e.before, e.after, e.reason] for e in events])
    assert CONTACT not in kept
    assert "@pavel" not in kept
    assert "contact has changed" in kept


def test_a_vacancy_is_cancelled_with_a_reason(vacancy: Vacancy, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        vacancy_cancel(actor=head, vacancy=vacancy, reason="")
    assert refusal.value.code == "reason_required"
    cancelled = vacancy_cancel(actor=head, vacancy=vacancy, reason="No money")
    assert cancelled.state == "cancelled"
    with pytest.raises(Conflict):
        vacancy_cancel(actor=head, vacancy=vacancy, reason="Again")
    with pytest.raises(IntegrityError, match="vacancy_closed_on_a_day"), transaction.atomic():
        Vacancy.objects.filter(pk=vacancy.pk).update(closed_on=None)


def test_only_managers_choose_people(
    tree: Tree, vacancy: Vacancy, specialist: User, director: User, outsider: User
) -> None:
    position = make_position(tree, "Writer")
    for person in (specialist, director, outsider):
        with pytest.raises(Forbidden):
            vacancy_open(actor=person, position=position, reason="x")
        with pytest.raises(Forbidden):
            make_candidate(person, vacancy)


def test_the_model_audit_reads_the_state(tree: Tree, other_tree: Tree, head: User) -> None:
    assert probe(other_tree.department)["H.W2"].state == State.MISSING
    vacancy = make_vacancy(head, tree)
    assert probe(tree.department)["H.W2"].state == State.EMPTY
    make_candidate(head, vacancy)
    found = probe(tree.department)["H.W2"]
    assert (found.state, str(found.detail)) == (State.PRESENT, "1 candidate in work")
