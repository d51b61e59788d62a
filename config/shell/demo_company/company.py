"""Structure, people, money and plans of the demo company."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import add_months, month_first
from config.shell.demo import LOGINS, PASSWORD, DemoLogin
from config.shell.demo_company.channels import advertising_file_load, sources_create
from config.shell.demo_company.directions import directions_create
from config.shell.demo_company.history import history_create
from config.shell.demo_company.plans import targets_set
from config.shell.demo_company.scorecards import scorecards_create
from departments.funds.models import Fund
from departments.funds.services.limits import limit_set
from departments.structure.models import Company, Department
from departments.structure.services.companies import brand_kit_save, company_create, outlet_save
from departments.structure.services.departments import department_create_by_model
from departments.work.services.decisions import decision_raise
from kpis.indicators.services.reports import report_write
from staff.accounts.models import Scope, User
from staff.accounts.services.roles import role_grant
from staff.accounts.services.scopes import group_scope
from staff.people.models import Position
from staff.people.services.appointments import appointment_start
from staff.people.services.employees import employee_hire

NAME = "Северный чай"
# Who sits where: the person and the row of the ideal model. Some have no login, as in life; two
# positions stay free, so that the model audit has something to say.
SEATS = (
    ("Иван Петров", "A.S1"),
    ("Дарья Лескова", "A.S2"),
    ("Ольга Белова", "B.S1"),
    ("Тимур Галеев", "B.S2"),
    ("Вера Сомова", "C.S1"),
    ("Лев Орлов", "C.S2"),
)
LIMITS = {"H.F1": Decimal(900_000), "H.F2": Decimal(60_000), "H.F5": Decimal(180_000)}


def demo_exists() -> bool:
    return Company.objects.filter(name=NAME).exists()


@transaction.atomic
def demo_create() -> Department:
    """The whole company or nothing. Workers then pull its figures from the simulated channels."""
    admin = User.objects.create_superuser("admin@demo.modus", PASSWORD, full_name="Администратор")
    company = company_create(actor=admin, name=NAME, site_url="https://severny-chai.example")
    for name, address in (
        ("Чайная на Садовой", "ул. Садовая, 12"),
        ("Точка на Лесной", "ул. Лесная, 3"),
    ):
        outlet_save(actor=admin, company=company, name=name, address=address)
    brand_kit_save(
        actor=admin,
        company=company,
        primary="#0f766e",
        accent="#b45309",
        slogan="Тепло там, где север",
    )
    department = department_create_by_model(actor=admin, name="Отдел маркетинга", company=company)
    people = {login.full_name: _person(admin, login, department) for login in LOGINS}
    _seats(admin, department, people)
    head = people["Мария Климова"]
    _limits(admin, department)
    sources = sources_create(actor=head, department=department)
    advertising_file_load(actor=head, source=sources["file"])
    targets_set(actor=head, department=department)
    scorecards_create(actor=head, department=department)
    history_create(department=department)
    directions_create(actor=admin, department=department, site=sources["1"])
    _verdict(head, department)
    decision_raise(
        actor=people["Иван Петров"],
        scope=department.scope,
        kind="work.proposal",
        title=_("Add a second newsletter before the New Year sale"),
    )
    decision_raise(
        actor=people["Ольга Белова"],
        scope=department.scope,
        kind="work.proposal",
        title=_("Joint promotion with the bakery “Korochka”"),
    )
    return department


def _person(admin: User, login: DemoLogin, department: Department) -> User:
    user = User.objects.create_user(login.email, PASSWORD, full_name=login.full_name)
    role_grant(actor=admin, user=user, role=login.role, scope=_place(login, department))
    return user


def _place(login: DemoLogin, department: Department) -> Scope:
    if login.role in {"director", "auditor"}:
        return group_scope()
    if login.direction:
        return department.directions.get(code=login.direction).scope
    return department.scope


def _seats(admin: User, department: Department, people: dict[str, User]) -> None:
    since = month_first(timezone.localdate()) - dt.timedelta(days=200)
    for full_name, code in SEATS:
        employee = employee_hire(
            actor=admin,
            department=department,
            full_name=full_name,
            hired_on=since,
            user=people.get(full_name),
        )
        position = Position.objects.get(department=department, model_code=code)
        appointment_start(actor=admin, employee=employee, position=position, starts_on=since)


def _limits(admin: User, department: Department) -> None:
    month = month_first(timezone.localdate())
    for code, amount in LIMITS.items():
        fund = Fund.objects.get(department=department, model_code=code)
        for shift in (-1, 0, 1):
            limit_set(actor=admin, fund=fund, month=add_months(month, shift), amount=amount)


def _verdict(head: User, department: Department) -> None:
    """Last month's three lines, as the head wrote them."""
    report_write(
        actor=head,
        scope=department.scope,
        month=add_months(month_first(timezone.localdate()), -1),
        achieved="Заказы выполнены по плану, рост к прошлому году 12 %.",
        cause="Визитов меньше плана: баннеры на городском портале дали вдвое меньше переходов.",
        request="Согласовать перенос 60 000 ₽ с баннеров на контекстную рекламу в ноябре.",
    )
