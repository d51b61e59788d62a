"""What directions A, B and C, the funds and the hiring of the demo company have in work."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from channels_publishing.services.channels import channel_create, channel_judge
from channels_publishing.services.placements import placement_check, placement_place, placement_plan
from client_programs.models import ClientGroup
from client_programs.services.groups import group_create
from client_programs.services.programmes import programme_create, programme_move
from departments.funds.models import Fund
from departments.funds.services.expenses import expense_add
from departments.structure.models import Department
from kpis.register.models import Source
from mailings.services import mailing_plan, mailing_sent
from staff.accounts.models import User
from staff.hiring.services.candidates import candidate_add, candidate_move
from staff.hiring.services.vacancies import vacancy_open
from staff.people.models import Employee, Position

CHANNELS = (
    ("own_site", "Сайт «Северный чай»", "https://severny-chai.example"),
    ("group", "Группа ВКонтакте", "https://vk.com/severny_chai_example"),
    ("page", "Telegram-канал", "https://t.me/severny_chai_example"),
    ("banner", "Баннеры в городском портале", "https://portal.example"),
    ("marketplace", "Кабинет Ozon", "https://ozon.example/seller/severny-chai"),
)
GROUPS = (
    ("Постоянные покупатели", "Два заказа и больше за полгода", 1240),
    ("Гости чайной на Садовой", "Заполнили анкету в чайной", 380),
)


def directions_create(*, actor: User, department: Department, site: Source) -> None:
    """One of everything, in different states."""
    now = timezone.now()
    people = {row.full_name: row for row in Employee.objects.filter(department=department)}
    _channels(actor, department, site, people["Иван Петров"], now)
    groups = [
        group_create(
            actor=actor,
            department=department,
            name=name,
            description=text,
            size_estimate=size,
            size_on=timezone.localdate(),
        )
        for name, text, size in GROUPS
    ]
    _programmes(actor, department, groups, people["Ольга Белова"])
    _mailings(actor, department, groups, people["Лев Орлов"], now)
    _hiring(actor, department, people["Иван Петров"])
    fund = Fund.objects.get(department=department, model_code="H.F1")
    for amount, purpose, days in (
        (64_000, "Съёмка осеннего каталога", 9),
        (18_500, "Печать флаеров", 4),
    ):
        day = max(
            timezone.localdate() - dt.timedelta(days=days), timezone.localdate().replace(day=1)
        )
        expense_add(actor=actor, fund=fund, day=day, amount=Decimal(amount), purpose=purpose)


def _channels(
    actor: User, department: Department, site: Source, person: Employee, now: dt.datetime
) -> None:
    direction = department.directions.get(code="A")
    made = [
        channel_create(
            actor=actor,
            direction=direction,
            kind=kind,
            name=name,
            url=url,
            audience="",
            responsible=person,
            source=site if kind == "own_site" else None,
        )
        for kind, name, url in CHANNELS
    ]
    channel_judge(
        actor=actor, channel=made[3], verdict="test", reason="Первый месяц: мало переходов"
    )
    for channel, title, days, cost in (
        (made[0], "Статья «Как заваривать иван-чай»", -6, None),
        (made[1], "Конкурс «Осенний сбор»", -2, Decimal(3000)),
        (made[3], "Баннер «Новый год с чаем»", 3, Decimal(25_000)),
    ):
        placement = placement_plan(
            actor=actor,
            channel=channel,
            title=title,
            planned_at=now + dt.timedelta(days=days),
            cost=cost,
        )
        if days < 0:
            placement = placement_place(
                actor=actor,
                placement=placement,
                url=f"{channel.url}/post-{-days}",
                published_at=now + dt.timedelta(days=days),
            )
        if days < -3:
            placement_check(actor=actor, placement=placement, good=True, evidence_url=channel.url)


def _programmes(
    actor: User, department: Department, groups: list[ClientGroup], person: Employee
) -> None:
    today = timezone.localdate()
    direction = department.directions.get(code="B")
    running = programme_create(
        actor=actor,
        direction=direction,
        name="Карта «Десятая чашка»",
        group=groups[1],
        goal="Каждый третий гость возвращается в течение месяца",
        responsible=person,
        starts_on=today - dt.timedelta(days=40),
        ends_on=None,
    )
    for state in ("training", "running"):
        running = programme_move(actor=actor, programme=running, state=state)
    programme_create(
        actor=actor,
        direction=direction,
        name="Подарок за второй заказ",
        group=groups[0],
        goal="Поднять долю повторных заказов до 30 %",
        responsible=person,
        starts_on=today + dt.timedelta(days=14),
        ends_on=today + dt.timedelta(days=75),
    )


def _mailings(
    actor: User,
    department: Department,
    groups: list[ClientGroup],
    person: Employee,
    now: dt.datetime,
) -> None:
    direction = department.directions.get(code="C")
    for name, days, recipients in (("Осенний каталог", -5, 1198), ("Чёрная пятница", 4, 0)):
        mailing = mailing_plan(
            actor=actor,
            direction=direction,
            name=name,
            group=groups[0],
            medium="email",
            planned_at=now + dt.timedelta(days=days),
            responsible=person,
            service_url="",
        )
        if recipients:
            mailing_sent(
                actor=actor,
                mailing=mailing,
                recipients=recipients,
                sent_at=now + dt.timedelta(days=days),
            )


def _hiring(actor: User, department: Department, mentor: Employee) -> None:
    position = Position.objects.get(department=department, model_code="A.S3")
    vacancy = vacancy_open(actor=actor, position=position, reason="Размещение ведут по очереди")
    for name, stage in (("Кирилл Ветров", "interview"), ("Анна Ким", "")):
        candidate = candidate_add(
            actor=actor, vacancy=vacancy, full_name=name, contact="", source="Сайт вакансий"
        )
        if stage:
            candidate_move(actor=actor, candidate=candidate, stage=stage)
