"""What a scorecard says: figures by who held what on which day, the result, the bonus, the rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.work.calendar import is_working
from departments.work.models import Occurrence
from kpis.indicators.engine.ahead import needed
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.periods import month_of
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.values import Reason, Value
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.held import held_inputs
from kpis.indicators.selectors.scorecards import CardMonth, card_months, cards_in_force
from kpis.register.models import Source, Subject
from staff.accounts.models import User
from staff.people.models import Employee
from tests.factories import Tree, make_user
from tests.indicators.cards import NOVEMBER, TODAY, By, aim, make_card, own
from tests.indicators.register import daily, fill
from tests.people.factories import appoint, make_employee, make_position
from tests.work.factories import make_occurrence, make_task

FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 22)


@pytest.fixture
def person(tree: Tree, specialist: User) -> Employee:
    return make_employee(tree.department, specialist)


@pytest.fixture
def two_sites(source: Source, morning: dt.date) -> tuple[Subject, Subject]:
    """Two sites, each with 50 sessions, 2 orders and 1 000 of revenue a day of November."""
    fill(
        source,
        {
            "sessions": daily(100, "01.11.2026", "22.11.2026"),
            "orders": daily(4, "01.11.2026", "22.11.2026"),
            "revenue": daily(2_000, "01.11.2026", "22.11.2026"),
        },
        subjects=2,
    )
    first, second = Subject.objects.order_by("key")
    return first, second


def sum_of(tree: Tree, user: User, code: str = "sessions") -> Fraction | None:
    held = held_inputs(
        scope=tree.company.scope, codes=[code], spans=[(FIRST, LAST)], users=[user.pk]
    )
    days = held.people[user.pk].days[code].days
    return sum((day.number for day in days.values()), Fraction(0)) if days else None


def months(tree: Tree, today: dt.date = TODAY, month: dt.date = NOVEMBER) -> list[CardMonth]:
    cards = cards_in_force(tree.department, month)
    return card_months(cards, department=tree.department, month=month, today=today)


def test_a_fact_counts_for_who_held_the_subject_on_its_day(
    tree: Tree, specialist: User, two_sites: tuple[Subject, Subject]
) -> None:
    """The site changed hands on the 11th: ten days for one, twelve for the other."""
    other = make_user("specialist", tree.a.scope)
    own(two_sites[0], other, "2026-01-01", "2026-11-10")
    own(two_sites[0], specialist, "2026-11-11")
    assert sum_of(tree, other) == 10 * 50
    assert sum_of(tree, specialist) == 12 * 50
    assert sum_of(tree, make_user("specialist", tree.a.scope)) is None


def test_who_was_named_with_the_subject_holds_it_from_the_beginning(
    tree: Tree, specialist: User, two_sites: tuple[Subject, Subject]
) -> None:
    Subject.objects.filter(pk=two_sites[1].pk).update(owner=specialist)
    assert sum_of(tree, specialist) == 22 * 50


def test_parts_and_duplicates_belong_to_the_whole_unless_somebody_else_has_them(
    tree: Tree, specialist: User, two_sites: tuple[Subject, Subject]
) -> None:
    first, second = two_sites
    own(first, specialist, "2026-01-01")
    Subject.objects.filter(pk=second.pk).update(parent=first)
    assert sum_of(tree, specialist) == 22 * 100
    Subject.objects.filter(pk=second.pk).update(parent=None, merged_into=first)
    assert sum_of(tree, specialist) == 22 * 100
    Subject.objects.filter(pk=second.pk).update(parent=first, merged_into=None)
    other = make_user("specialist", tree.a.scope)
    own(second, other, "2026-11-21")
    assert sum_of(tree, specialist) == 22 * 50
    assert sum_of(tree, other) == 2 * 50


def test_overlapping_ways_to_a_row_count_it_once(
    tree: Tree, specialist: User, two_sites: tuple[Subject, Subject]
) -> None:
    first, second = two_sites
    own(first, specialist, "2026-01-01")
    own(second, specialist, "2026-01-01")
    Subject.objects.filter(pk=second.pk).update(merged_into=first)
    assert sum_of(tree, specialist) == 22 * 100


def test_a_sources_figures_for_comparison_are_not_counted(
    tree: Tree, specialist: User, two_sites: tuple[Subject, Subject], source: Source
) -> None:
    own(two_sites[0], specialist, "2026-01-01")
    stream = source.streams.get()
    stream.metrics.update(is_counted=False)
    assert sum_of(tree, specialist) is None


def test_an_unknown_metric_is_an_error(tree: Tree) -> None:
    with pytest.raises(LookupError):
        held_inputs(scope=tree.company.scope, codes=["nonsense"], spans=[(FIRST, LAST)])


def test_tasks_count_for_who_was_to_do_them(tree: Tree, specialist: User) -> None:
    task = make_task(tree.a)
    for day, late in ((2, False), (3, True), (4, False)):
        row = make_occurrence(task, day=dt.date(2026, 11, day))
        row.assignee, row.status = specialist, "done"
        row.started_at = row.due_at - dt.timedelta(hours=1)
        row.finished_at = row.due_at + dt.timedelta(minutes=1 if late else -1)
        row.save()
    Occurrence.objects.filter(due_on=dt.date(2026, 11, 4)).update(
        status="skipped", skip_reason="No paper"
    )
    codes = ["tasks_due", "tasks_done_on_time"]
    held = held_inputs(
        scope=tree.company.scope, codes=codes, spans=[(FIRST, LAST)], users=[specialist.pk]
    )
    days = held.people[specialist.pk].days
    assert [day.number for day in days["tasks_due"].days.values()] == [1, 1]
    assert sum(day.number for day in days["tasks_done_on_time"].days.values()) == 1


def test_the_result_the_worth_and_the_bonus(
    head: User, tree: Tree, person: Employee, two_sites: tuple[Subject, Subject]
) -> None:
    """Weights 40/35/25; to date 130 % → cap 120, 100 % and 60 % → 0: 83 %. Of 25 000 they are
    worth 10 000, 8 750 and 6 250; the bonus is 20 750."""
    assert person.user is not None
    own(two_sites[0], person.user, "2026-01-01")
    # 22 of 30 days: to date 1 100 of 846.15, 44 of 44, 22 000 of 36 666.67
    aim(head, tree, "sessions", str(Decimal(1_500) / Decimal("1.3"))[:12], employee=person)
    aim(head, tree, "orders", "60", employee=person)
    aim(head, tree, "revenue", "50000", employee=person)
    make_card(head, tree, person, norm="25000")
    (page,) = months(tree)
    sessions, orders, revenue = page.lines
    assert sessions.reading.fact.value == Value(Fraction(1_100))
    assert orders.reading.attained == Value(Fraction(1))
    assert revenue.reading.attained == Value(Fraction(3, 5))
    assert page.today.value == Value(Fraction(83, 100))
    assert [line.worth for line in page.lines] == [10_000, 8_750, 6_250]
    assert [line.counted.number for line in page.lines] == [
        Fraction(48, 100),
        Fraction(35, 100),
        0,
    ]
    assert page.bonus is not None
    assert (page.bonus.low, page.bonus.high) == (Decimal(20_750), Decimal(20_750))
    assert (page.bonus.norm, page.bonus.most) == (Decimal(25_000), Decimal(30_000))
    # 60 − 44 orders over the 5 + 1 working days from the 23rd to the 30th
    assert orders.needed.total == Value(Fraction(16))
    assert orders.needed.per_day == Value(Fraction(16, 6))


def test_without_70_percent_of_the_weight_there_is_no_result_and_no_bonus(
    head: User, tree: Tree, person: Employee, two_sites: tuple[Subject, Subject]
) -> None:
    assert person.user is not None
    own(two_sites[0], person.user, "2026-01-01")
    aim(head, tree, "orders", "60", employee=person)
    make_card(head, tree, person, norm="25000")
    (page,) = months(tree)
    assert page.today.value == Value(reason=Reason.NO_DATA)
    assert page.bonus is not None
    assert (page.bonus.low, page.bonus.high) == (None, None)


def test_a_line_may_be_measured_by_the_department_or_the_direction(
    head: User, tree: Tree, person: Employee, two_sites: tuple[Subject, Subject]
) -> None:
    """By the department: its figures and, for want of an own one, its target. The direction has
    no sources, so it has no data."""
    appoint(person, make_position(tree.a))
    aim(head, tree, "orders", "120")
    make_card(head, tree, person, by=By.SCOPE)
    (page,) = months(tree)
    assert page.lines[1].reading.fact.value == Value(Fraction(88))
    assert page.lines[1].reading.attained == Value(Fraction(1))
    aim(head, tree, "orders", "240", employee=person)
    assert months(tree)[0].lines[1].reading.attained == Value(Fraction(1, 2))
    make_card(head, tree, person, by=By.DIRECTION, reason="Closer to the work")
    assert months(tree)[0].lines[1].reading.fact.value == Value(reason=Reason.NO_DATA)


def test_a_campaign_is_measured_by_its_own_rows(
    head: User, tree: Tree, two_sites: tuple[Subject, Subject]
) -> None:
    campaign = two_sites[0]
    Subject.objects.filter(pk=campaign.pk).update(kind=Subject.Kind.CAMPAIGN)
    campaign.refresh_from_db()
    aim(head, tree, "orders", "60", subject=campaign)
    make_card(head, tree, subject=campaign)
    (page,) = months(tree)
    assert page.lines[1].reading.fact.value == Value(Fraction(44))
    assert page.lines[1].reading.attained == Value(Fraction(1))


def test_a_month_worked_in_part_has_a_part_of_the_norm(
    head: User, tree: Tree, person: Employee
) -> None:
    """E48: hired on 16.11.2026, 11 of 20 working days of 25 000 → 13 750."""
    person.hired_on = dt.date(2026, 11, 16)
    person.save()
    make_card(head, tree, person, norm="25000")
    (page,) = months(tree)
    assert page.bonus is not None
    assert page.bonus.norm == Decimal("13750.00")


def test_somebody_who_does_not_log_in_holds_nothing(
    head: User, tree: Tree, two_sites: tuple[Subject, Subject]
) -> None:
    make_card(head, tree, make_employee(tree.department, full_name="Olga"))
    (page,) = months(tree)
    assert page.today.value == Value(reason=Reason.NO_DATA)


def test_many_scorecards_cost_as_many_queries_as_one(
    head: User, tree: Tree, two_sites: tuple[Subject, Subject]
) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            months(tree)
        return len(queries)

    def add() -> None:
        user = make_user("specialist", tree.a.scope)
        made = make_employee(tree.department, user)
        make_card(head, tree, made)

    add()
    count()
    one = count()
    for _number in range(9):
        add()
    assert count() == one


# --- what is left --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fact", "plan", "as_of", "per_day"),
    [
        (90, 310, "2026-11-20", Fraction(220, 6)),
        (310, 310, "2026-11-20", Fraction(0)),
        (400, 310, "2026-11-20", Fraction(0)),
        (90, 310, "2026-11-30", None),
    ],
)
def test_what_is_needed_each_working_day(
    fact: int, plan: int, as_of: str, per_day: Fraction | None
) -> None:
    left = needed(
        Value(Fraction(fact)),
        Value(Fraction(plan)),
        period=month_of(NOVEMBER),
        as_of=dt.date.fromisoformat(as_of),
        method=PlanMethod.CALENDAR,
        better=Better.UP,
        is_working=is_working,
    )
    assert left.per_day.number == per_day


def test_a_ratio_is_not_made_up_of_days() -> None:
    conversion = Kpi.Plan.NONE
    left = needed(
        Value(Fraction(1, 10)),
        Value(Fraction(1, 5)),
        period=month_of(NOVEMBER),
        as_of=LAST,
        method=PlanMethod(conversion.value),
        better=Better.UP,
        is_working=is_working,
    )
    assert left.total == Value(reason=Reason.NOT_ADDITIVE)
