"""The demo company with its figures: made once, copied for every journey.

The figures come the way they come in the product: workers' services read the channel simulator
over HTTP and load the advertising file. Only the message broker is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from config.shell.demo_company import demo_create
from departments.structure.blueprint import Frequency, Rhythm
from departments.structure.models import Department
from departments.work.services.occurrences import occurrence_raise
from departments.work.services.tasks import TaskPlan, task_create
from kpis.register.models import Source, SyncRun
from kpis.register.services.runs import sweep
from kpis.register.services.sync import run_execute
from kpis.simulator import Simulator
from staff.accounts.models import User
from staff.people.models import Employee

MAIN_KPIS = 18  # on the dashboard and in the report of a new department
PLAIN_TASK = "Ответить на отзывы"
PROOF_TASK = "Разместить афишу"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo company as one journey finds it; what the journey changes is forgotten after it."""

    url: str
    simulator: Simulator

    @property
    def department(self) -> Department:
        department: Department = Department.objects.select_related("company", "scope").get()
        return department

    @property
    def source(self) -> Source:
        """The site's analytics on the simulator."""
        return Source.objects.get(name="Matomo — сайт")

    def person(self, name: str) -> User:
        """``name``: head, specialist, director, clients, trainee, auditor or admin."""
        return User.objects.get(email=f"{name}@demo.modus")

    def work_off(self) -> None:
        """Carry out what waits for a worker."""
        work_off()


def make() -> None:
    """The company of `make demo`, its register filled, and two tasks that are there on any day."""
    department = demo_create()
    work_off()
    head = User.objects.get(email="head@demo.modus")
    specialist = Employee.objects.get(user__email="specialist@demo.modus")
    for name, proof in ((PLAIN_TASK, False), (PROOF_TASK, True)):
        task = task_create(
            actor=head, department=department, plan=_plan(department, specialist, name, proof=proof)
        )
        occurrence_raise(actor=head, task=task, event="Письмо клиента")


def work_off() -> None:
    """What beat and a worker would do now, in this process."""
    sweep()
    for run_id in (
        SyncRun.objects.filter(state="planned").order_by("pk").values_list("pk", flat=True)
    ):
        run_execute(run_id)


def _plan(department: Department, employee: Employee, name: str, *, proof: bool) -> TaskPlan:
    direction = department.directions.get(code="A")
    return TaskPlan(
        name_ru=name,
        direction=direction,
        unit=direction.units.first(),
        rhythm=Rhythm(Frequency.ON_EVENT, working_days=1),
        employee=employee,
        minutes=30,
        evidence_required=proof,
        trigger_ru="Пришло письмо",
    )


# --- databases ---------------------------------------------------------------------------------
@contextmanager
def filled_database(name: str) -> Iterator[None]:
    """A database ``name`` with the company in it, until the end; nobody works in it."""
    before = str(connection.settings_dict["NAME"])
    _drop(name)
    # A run of other tests has migrated a database already; the journeys alone migrate their own.
    migrated = before if before.startswith("test_") else "template0"
    _free(migrated)
    _maintain(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(migrated)}")
    try:
        with _working_in(name):
            if migrated != before:
                call_command("migrate", verbosity=0)
            make()
        yield
    finally:
        _drop(name)


@contextmanager
def copied_database(template: str, name: str) -> Iterator[None]:
    """Everybody in this process works in ``name``, a new copy of ``template``, until the end."""
    _free(template)
    _maintain(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)}")
    try:
        with _working_in(name):
            yield
    finally:
        _drop(name)


@contextmanager
def _working_in(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    # Threads of the server open their connections by the same settings.
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _free(name: str) -> None:
    """A thread of an earlier test's server may still hold a connection: closed from outside."""
    _maintain(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = %s AND pid <> pg_backend_pid()",
        name,
    )


def _drop(name: str) -> None:
    _maintain(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _maintain(sql: str, *values: str) -> None:
    """From outside: a database that anybody is connected to cannot be copied."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql, values or None)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
