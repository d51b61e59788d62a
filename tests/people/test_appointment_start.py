"""Hiring, appointing, ending, absences."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import AuditEvent, User
from staff.people.models import Absence, Appointment, Employee
from staff.people.selectors import away_today, holders
from staff.people.services.absences import absence_add, absence_cancel
from staff.people.services.appointments import appointment_end, appointment_start
from staff.people.services.employees import employee_hire, employee_leave
from staff.people.services.positions import position_create
from tests.factories import Tree
from tests.people.factories import HIRED, appoint, make_employee, make_position

DAY = dt.date(2026, 11, 23)
WEEK = dt.timedelta(days=7)


def test_head_hires(tree: Tree, head: User, specialist: User) -> None:
    employee = employee_hire(
        actor=head,
        department=tree.department,
        full_name="Anna Smirnova",
        hired_on=DAY,
        user=specialist,
    )
    assert specialist.employee == employee
    event = AuditEvent.objects.get(action="people.employee.hired")
    assert (event.actor, event.after["hired_on"]) == (head, "2026-11-23")


def test_specialist_does_not_hire(tree: Tree, specialist: User) -> None:
    with pytest.raises(Forbidden):
        employee_hire(actor=specialist, department=tree.department, full_name="X", hired_on=DAY)


def test_head_of_another_department_does_not_hire(tree: Tree, outsider: User) -> None:
    with pytest.raises(Forbidden):
        employee_hire(actor=outsider, department=tree.department, full_name="X", hired_on=DAY)


def test_user_is_one_employee(tree: Tree, head: User, specialist: User) -> None:
    make_employee(tree.department, specialist)
    with pytest.raises(Invalid) as refusal:
        employee_hire(
            actor=head,
            department=tree.department,
            full_name="Second",
            hired_on=DAY,
            user=specialist,
        )
    assert set(refusal.value.fields) == {"user"}


def test_appointed_from_the_first_to_the_last_day(tree: Tree, head: User) -> None:
    employee, position = make_employee(tree.department), make_position(tree.a)
    appointment_start(
        actor=head, employee=employee, position=position, starts_on=DAY, ends_on=DAY + WEEK
    )
    days = [DAY - dt.timedelta(days=1), DAY, DAY + WEEK, DAY + WEEK + dt.timedelta(days=1)]
    assert [bool(holders(tree.department, day)) for day in days] == [False, True, True, False]


def test_same_position_twice_at_a_time_is_refused(tree: Tree, head: User) -> None:
    employee, position = make_employee(tree.department), make_position(tree.a)
    appoint(employee, position)
    with pytest.raises(Invalid, match="already holds this position"):
        appointment_start(actor=head, employee=employee, position=position, starts_on=DAY)


def test_database_refuses_overlapping_appointments(tree: Tree) -> None:
    employee, position = make_employee(tree.department), make_position(tree.a)
    appoint(employee, position)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(employee=employee, position=position, starts_on=DAY)


def test_two_people_and_two_positions_may_overlap(tree: Tree) -> None:
    positions = [make_position(tree.a, code) for code in ("A.S1", "A.S2")]
    for name in ("Anna", "Boris"):
        employee = make_employee(tree.department, full_name=name)
        for position in positions:
            appoint(employee, position)
    assert Appointment.objects.on(DAY).count() == 4


def test_again_after_the_end(tree: Tree, head: User) -> None:
    employee, position = make_employee(tree.department), make_position(tree.a)
    first = appoint(employee, position)
    appointment_end(actor=head, appointment=first, last_day=DAY)
    appointment_start(
        actor=head, employee=employee, position=position, starts_on=DAY + dt.timedelta(days=1)
    )
    assert employee.appointments.count() == 2


def test_ended_twice_is_a_conflict(tree: Tree, head: User) -> None:
    appointment = appoint(make_employee(tree.department), make_position(tree.a))
    appointment_end(actor=head, appointment=appointment, last_day=DAY)
    with pytest.raises(Conflict):
        appointment_end(actor=head, appointment=appointment, last_day=DAY + WEEK)


def test_position_of_another_department_is_refused(
    tree: Tree, other_tree: Tree, superuser: User
) -> None:
    with pytest.raises(Invalid) as refusal:
        appointment_start(
            actor=superuser,
            employee=make_employee(tree.department),
            position=make_position(other_tree.a),
            starts_on=DAY,
        )
    assert set(refusal.value.fields) == {"position"}


def test_before_hiring_is_refused(tree: Tree, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        appointment_start(
            actor=head,
            employee=make_employee(tree.department),
            position=make_position(tree.a),
            starts_on=HIRED - WEEK,
        )
    assert set(refusal.value.fields) == {"starts_on"}


def test_who_leaves_holds_nothing_afterwards(tree: Tree, head: User) -> None:
    employee = make_employee(tree.department)
    appoint(employee, make_position(tree.a))
    employee_leave(actor=head, employee=employee, last_day=DAY)
    assert not Appointment.objects.on(DAY + WEEK).exists()
    assert not Employee.objects.employed_on(DAY + WEEK).exists()
    with pytest.raises(Conflict):
        employee_leave(actor=head, employee=employee, last_day=DAY + WEEK)


def test_unit_of_another_direction_is_refused(tree: Tree, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        position_create(
            actor=head,
            department=tree.department,
            direction=tree.a,
            unit=tree.b.units.first(),
            name_ru="Должность",
        )
    assert set(refusal.value.fields) == {"unit"}


def test_away_today(tree: Tree, head: User) -> None:
    employee = make_employee(tree.department)
    absence_add(actor=head, employee=employee, kind="vacation", starts_on=DAY, ends_on=DAY + WEEK)
    assert [each.employee for each in away_today(tree.department.scope, DAY)] == [employee]
    assert not away_today(tree.department.scope, DAY - WEEK)


def test_absences_do_not_overlap(tree: Tree, head: User) -> None:
    employee = make_employee(tree.department)
    told = {"actor": head, "employee": employee, "kind": "illness"}
    absence_add(**told, starts_on=DAY, ends_on=DAY + WEEK)  # type: ignore[arg-type]  # a mix
    with pytest.raises(Invalid, match="already away"):
        absence_add(**told, starts_on=DAY + WEEK, ends_on=DAY + 2 * WEEK)  # type: ignore[arg-type]


def test_absence_taken_back_leaves_a_trace(tree: Tree, head: User) -> None:
    absence = absence_add(
        actor=head,
        employee=make_employee(tree.department),
        kind="trip",
        starts_on=DAY,
        ends_on=DAY,
    )
    absence_cancel(actor=head, absence=absence)
    assert not Absence.objects.exists()
    assert AuditEvent.objects.get(action="people.absence.cancelled").before["kind"] == "trip"
