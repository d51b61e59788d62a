"""The team's day for the head: who does what now. The query count is constant."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, Sum
from django.utils import timezone

from departments.structure.models import Department
from departments.work.clock import day_bounds
from departments.work.models import LogLine, Occurrence
from departments.work.models.occurrence import OPEN, Status
from staff.accounts.models import User
from staff.accounts.models.scope import within
from staff.people.models import Absence, Appointment, Employee


@dataclass(slots=True)
class PersonDay:
    """One person's day. ``minutes`` None: nothing logged. ``now`` is what they are working on."""

    name: str
    employee: Employee | None = None
    user: User | None = None
    positions: list[str] = field(default_factory=list)
    away: Absence | None = None
    now: list[Occurrence] = field(default_factory=list)
    due: int = 0
    done: int = 0
    overdue: int = 0
    minutes: int | None = None


@dataclass(slots=True)
class Unclaimed:
    """Open work nobody is expected to do: the last of a task, ``earlier`` ones folded in."""

    occurrence: Occurrence
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class TeamToday:
    """``at`` is when this was read, ``people`` come with those who are away at the end."""

    department: Department
    day: dt.date
    people: list[PersonDay]
    unclaimed: list[Unclaimed]
    due: int
    done: int
    skipped: int
    overdue: int
    at: dt.datetime

    @property
    def working(self) -> int:
        """How many people have something in progress."""
        return sum(bool(person.now) for person in self.people)


def team_today(department: Department, day: dt.date, paths: list[str] | None = None) -> TeamToday:
    """Everybody's ``day`` in ``department``: due on it, left over from before, finished on it.

    ``paths`` narrows to scopes (a head of direction sees their own). Costs six queries.
    """
    within_paths = Q() if paths is None else within(paths)
    first, after = day_bounds(department, day)
    rows = list(
        Occurrence.objects.filter(within_paths, task__department=department)
        .filter(
            Q(status__in=OPEN, due_on__lte=day)
            | Q(status=Status.IN_PROGRESS)
            | Q(status__in=OPEN, raised_by__isnull=False)
            | Q(finished_at__gte=first, finished_at__lt=after)
            | Q(due_on=day)
        )
        .select_related("task", "assignee")
        .order_by("due_at", "pk")
    )
    people = _people(department, day, paths)
    unclaimed = _spread(rows, people)
    for user_id, minutes in _minutes(department, day, within_paths).items():
        if user_id in people:
            people[user_id].minutes = minutes
    return TeamToday(
        department=department,
        day=day,
        people=sorted(people.values(), key=lambda each: (bool(each.away), each.name)),
        unclaimed=unclaimed,
        due=len(rows),
        done=sum(each.status == Status.DONE for each in rows),
        skipped=sum(each.status == Status.SKIPPED for each in rows),
        overdue=sum(each.is_overdue for each in rows),
        at=timezone.now(),
    )


def _people(department: Department, day: dt.date, paths: list[str] | None) -> dict[int, PersonDay]:
    """Employees of the day by user id (negative employee id for those who do not log in)."""
    held = Appointment.objects.on(day).select_related("position")
    away = Absence.objects.on(day)
    employees = Employee.objects.employed_on(day).filter(department=department)
    if paths is not None:
        appointed = Appointment.objects.on(day).filter(within(paths, "position__scope"))
        covers_all = any(department.scope.path.startswith(path) for path in paths)
        if not covers_all:
            employees = employees.filter(pk__in=appointed.values("employee"))
    employees = employees.select_related("user").prefetch_related(
        Prefetch("appointments", queryset=held, to_attr="held_today"),
        Prefetch("absences", queryset=away, to_attr="away_today"),
    )
    return {
        each.user_id or -each.pk: PersonDay(
            name=each.full_name,
            employee=each,
            user=each.user,
            positions=[appointment.position.name for appointment in each.held_today],
            away=next(iter(each.away_today), None),
        )
        for each in employees
    }


def _spread(rows: list[Occurrence], people: dict[int, PersonDay]) -> list[Unclaimed]:
    """Count rows to their people; gives back the open ones that are nobody's, by task."""
    unclaimed: dict[int, Unclaimed] = {}
    for row in rows:
        if row.assignee is None:
            known = unclaimed.get(row.task_id)
            if row.is_open:
                earlier = known.earlier + 1 if known else 0
                unclaimed[row.task_id] = Unclaimed(row, earlier)
            continue
        person = people.setdefault(
            row.assignee.pk, PersonDay(name=str(row.assignee), user=row.assignee)
        )
        person.due += 1
        person.done += row.status == Status.DONE
        person.overdue += row.is_overdue
        if row.status == Status.IN_PROGRESS:
            person.now.append(row)
    return list(unclaimed.values())


def _minutes(department: Department, day: dt.date, within_paths: Q) -> dict[int, int]:
    lines = LogLine.objects.kept().filter(
        within_paths, scope__path__startswith=department.scope.path, day=day
    )
    sums = lines.exclude(minutes=None).values_list("user_id").annotate(Sum("minutes"))
    return dict(sums)
