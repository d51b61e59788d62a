"""Scorecards: what makes one, versions, refusals by name; disputes and the head's answers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.work.models import Decision
from departments.work.services.decisions import decision_decide
from kpis.indicators.models import Kpi, KpiDispute, MonthlyReport, Scorecard
from kpis.indicators.services.disputes import dispute_raise
from kpis.indicators.services.kpis import kpi_delete
from kpis.indicators.services.scorecards import Draft, scorecard_set
from kpis.register.models import Subject
from staff.accounts.models import AuditEvent, Notification, User
from staff.people.models import Employee
from tests.factories import Tree, make_department
from tests.indicators.cards import NOVEMBER, THIRDS, TODAY, drafts, make_card
from tests.people.factories import make_employee

DECEMBER = dt.date(2026, 12, 1)


@pytest.fixture
def person(tree: Tree, specialist: User) -> Employee:
    return make_employee(tree.department, specialist)


def refused(head: User, tree: Tree, person: Employee | None, weights: dict[str, int]) -> str:
    with pytest.raises(Invalid) as refusal:
        make_card(head, tree, person, weights=weights)
    assert not Scorecard.objects.exists()
    return refusal.value.code


def test_a_scorecard_of_a_person(head: User, tree: Tree, person: Employee) -> None:
    card = make_card(head, tree, person, norm="25000")
    assert (card.version, card.reason, card.bonus_norm) == (1, "", Decimal(25_000))
    assert [(line.kpi.code, line.weight) for line in card.lines.all()] == list(THIRDS.items())
    event = AuditEvent.objects.get(action="indicators.scorecard.set")
    assert event.after["weights"] == THIRDS


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ({"sessions": 4000, "orders": 3500, "revenue": 2499}, "weights_not_whole"),
        ({"sessions": 4000, "orders": 3500, "revenue": 2501}, "weights_not_whole"),
        ({"sessions": 5000, "orders": 5000, "revenue": 0}, "weights_not_whole"),
        ({"sessions": 5000, "orders": 5000}, "number_of_kpis"),
    ],
)
def test_weights_are_exactly_the_whole(
    head: User, tree: Tree, person: Employee, weights: dict[str, int], code: str
) -> None:
    assert refused(head, tree, person, weights) == code


def test_a_person_has_at_most_seven_kpis(head: User, tree: Tree, person: Employee) -> None:
    for number in range(8):
        Kpi.objects.create(code=f"own-{number}", better="up", unit="count", name_ru="Свой")
    weights = {f"own-{number}": 1250 for number in range(8)}
    assert refused(head, tree, person, weights) == "number_of_kpis"
    assert make_card(head, tree, weights=weights).lines.count() == 8  # a department may have more


@pytest.mark.parametrize("code", ["kpi_informational", "kpi_archived"])
def test_informational_and_archived_kpis_are_never_weighed(
    head: User, tree: Tree, person: Employee, code: str
) -> None:
    changes: dict[str, dict[str, object]] = {
        "kpi_informational": {"is_informational": True},
        "kpi_archived": {"archived_at": timezone.now()},
    }
    Kpi.objects.filter(code="orders").update(**changes[code])
    assert refused(head, tree, person, THIRDS) == code


def test_a_kpi_stands_on_a_card_once(head: User, tree: Tree, person: Employee) -> None:
    lines = [*drafts({"sessions": 5000, "orders": 2500}), *drafts({"orders": 2500})]
    with pytest.raises(Invalid) as refusal:
        scorecard_set(
            actor=head,
            scope=tree.department.scope,
            employee=person,
            valid_from=NOVEMBER,
            lines=lines,
            today=TODAY,
        )
    assert refusal.value.code == "kpi_twice"


def test_a_threshold_is_not_above_the_cap(head: User, tree: Tree) -> None:
    line = Draft(Kpi.objects.get(code="orders"), 10_000, threshold=Decimal("1.3"))
    with pytest.raises(Invalid) as refusal:
        scorecard_set(
            actor=head,
            scope=tree.department.scope,
            valid_from=NOVEMBER,
            lines=[line],
            today=TODAY,
        )
    assert refusal.value.code == "threshold_above_cap"


def test_a_new_version_needs_a_reason_and_keeps_the_old(
    head: User, tree: Tree, person: Employee
) -> None:
    first = make_card(head, tree, person)
    changed = {"sessions": 5000, "orders": 2500, "revenue": 2500}
    with pytest.raises(Invalid) as refusal:
        make_card(head, tree, person, weights=changed, valid_from=DECEMBER)
    assert refusal.value.code == "reason_required"
    second = make_card(
        head, tree, person, weights=changed, valid_from=DECEMBER, reason="A new season"
    )
    assert second.version == 2
    mine = Scorecard.objects.filter(employee=person)
    assert mine.in_force(NOVEMBER).get() == first
    assert mine.in_force(DECEMBER).get() == second
    assert not mine.in_force(dt.date(2026, 10, 1)).exists()


def test_the_same_again_adds_nothing(head: User, tree: Tree, person: Employee) -> None:
    assert make_card(head, tree, person) == make_card(head, tree, person)
    assert Scorecard.objects.count() == 1


def test_a_card_of_a_month_is_put_right_within_it(head: User, tree: Tree, person: Employee) -> None:
    make_card(head, tree, person)
    make_card(head, tree, person, norm="20000", reason="The norm was forgotten")
    card = Scorecard.objects.filter(employee=person).in_force(NOVEMBER).get()
    assert (card.version, card.bonus_norm) == (2, Decimal(20_000))


def test_a_month_that_is_over_or_closed_keeps_its_card(
    head: User, tree: Tree, person: Employee
) -> None:
    with pytest.raises(Conflict) as refusal:
        make_card(head, tree, person, valid_from=dt.date(2026, 10, 1))
    assert refusal.value.code == "month_over"
    MonthlyReport.objects.create(
        scope=tree.department.scope, month=NOVEMBER, approved_by=head, approved_at=timezone.now()
    )
    with pytest.raises(Conflict) as refusal:
        make_card(head, tree, person)
    assert refusal.value.code == "month_closed"
    with pytest.raises(Invalid) as wrong:
        make_card(head, tree, person, valid_from=dt.date(2026, 12, 2))
    assert wrong.value.code == "not_a_month"


def test_holders_belong_to_the_department(head: User, tree: Tree, person: Employee) -> None:
    other = make_employee(make_department(tree.company, "Second"), full_name="Anna")
    site = Subject.objects.create(
        scope=tree.company.scope, kind=Subject.Kind.SITE, origin="x", key="1", label="Site"
    )
    with pytest.raises(Invalid) as refusal:
        make_card(head, tree, other)
    assert refusal.value.code == "other_department"
    with pytest.raises(Invalid) as refusal:
        make_card(head, tree, subject=site)
    assert refusal.value.code == "not_a_campaign"
    with pytest.raises(Invalid) as refusal:
        make_card(head, tree, norm="100")
    assert refusal.value.code == "norm_without_person"


@pytest.mark.parametrize("who", ["director", "direction_head", "specialist", "auditor", "outsider"])
def test_only_the_head_makes_scorecards(
    who: str, tree: Tree, person: Employee, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Forbidden):
        make_card(request.getfixturevalue(who), tree, person)
    assert not Scorecard.objects.exists()


def test_a_kpi_on_a_scorecard_is_archived_never_deleted(head: User, tree: Tree) -> None:
    Kpi.objects.filter(code="repeat_rate").update(is_own=True)
    kpi, scope = Kpi.objects.get(code="repeat_rate"), tree.department.scope
    make_card(head, tree, weights={"repeat_rate": 10000})
    with pytest.raises(Conflict) as refusal:
        kpi_delete(actor=head, scope=scope, kpi=kpi)
    assert refusal.value.code == "kpi_used"
    assert kpi.versions.exists()


# --- disputes ------------------------------------------------------------------------------------
def dispute(
    person: Employee, actor: User, code: str = "orders", text: str = "Too few"
) -> KpiDispute:
    return dispute_raise(
        actor=actor,
        employee=person,
        kpi=Kpi.objects.get(code=code),
        month=NOVEMBER,
        text=text,
        today=TODAY,
    )


def test_a_dispute_is_a_question_to_the_head_and_the_answer_comes_back(
    head: User, tree: Tree, person: Employee, specialist: User
) -> None:
    make_card(head, tree, person)
    raised = dispute(person, specialist, text="Orders of the fair are missing")
    decision = Decision.objects.get(kind="indicators.kpi.dispute")
    assert raised.decision == decision
    assert "Orders of the fair are missing" in decision.title["ru"]
    assert "Заказы" in decision.title["ru"]
    assert "Orders" in decision.title["en"]
    with pytest.raises(Conflict):
        dispute(person, specialist)
    decision_decide(actor=head, decision=decision, approve=False, comment="They are in December")
    raised.refresh_from_db()
    assert (raised.state, raised.answer) == ("declined", "They are in December")
    assert raised.answered_at is not None
    assert Notification.objects.filter(user=specialist).exists()
    again = dispute(person, specialist)
    assert again.decision is not None
    decision_decide(actor=head, decision=again.decision, approve=True)
    again.refresh_from_db()
    assert again.state == "accepted"


def test_other_decisions_answer_no_dispute(
    head: User, tree: Tree, person: Employee, specialist: User
) -> None:
    make_card(head, tree, person)
    raised = dispute(person, specialist)
    Decision.objects.update(kind="funds.expense.approve")
    decision_decide(actor=head, decision=Decision.objects.get(), approve=True)
    raised.refresh_from_db()
    assert raised.state == "open"


def test_a_dispute_is_the_persons_own_about_their_card(
    head: User, tree: Tree, person: Employee, specialist: User
) -> None:
    with pytest.raises(Invalid) as refusal:
        dispute(person, specialist)  # no card yet
    assert refusal.value.code == "not_on_card"
    make_card(head, tree, person)
    with pytest.raises(Forbidden):
        dispute(person, head)
    with pytest.raises(Invalid) as refusal:
        dispute(person, specialist, code="conversion")
    assert refusal.value.code == "not_on_card"
    with pytest.raises(Invalid) as refusal:
        dispute(person, specialist, text="  ")
    assert refusal.value.code == "text_required"
    assert not KpiDispute.objects.exists()
