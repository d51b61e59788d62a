"""Positions, vacancies and candidates to test with."""

from __future__ import annotations

from staff.accounts.models import User
from staff.hiring.models import Candidate, Vacancy
from staff.hiring.services.candidates import candidate_add
from staff.hiring.services.vacancies import vacancy_open
from staff.people.models import Employee, Position
from tests.factories import Tree

CONTACT = "+7 900 000-00-01"


def make_position(tree: Tree, name: str = "Designer") -> Position:
    """A position of direction A."""
    return Position.objects.create(
        scope=tree.a.scope, department=tree.department, direction=tree.a, name_ru=name, name_en=name
    )


def make_mentor(tree: Tree) -> Employee:
    return Employee.objects.create(
        department=tree.department, full_name="Anna Mentor", hired_on="2020-01-01"
    )


def make_vacancy(actor: User, tree: Tree, name: str = "Designer") -> Vacancy:
    return vacancy_open(actor=actor, position=make_position(tree, name), reason="More work")


def make_candidate(actor: User, vacancy: Vacancy, name: str = "Pavel Novikov") -> Candidate:
    return candidate_add(
        actor=actor, vacancy=vacancy, full_name=name, contact=CONTACT, source="Job site"
    )
