"""Targets beyond one number: corridors, milestones, directions and people, a year by its season."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.models import Kpi, MonthlyReport, Target
from kpis.indicators.selectors.targets import closed_months, targets_in_force
from kpis.indicators.services.planning import targets_copy_last_year, targets_split_by_season
from kpis.indicators.services.targets import target_set
from kpis.register.models import Source
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree, make_department
from tests.indicators.cards import NOVEMBER
from tests.indicators.register import daily, fill
from tests.people.factories import make_employee

TODAY = dt.date(2027, 1, 5)
ClientOf = Callable[[User], Client]


@pytest.fixture
def orders(db: None) -> Kpi:
    return Kpi.objects.get(code="orders")


def put(head: User, tree: Tree, kpi: Kpi, value: str | None, **more: object) -> Target | None:
    fields = {"scope": tree.department.scope, "month": NOVEMBER} | more
    return target_set(
        actor=head,
        kpi=kpi,
        value=None if value is None else Decimal(value),
        **fields,  # type: ignore[arg-type]  # named by the test
    )


def refusal_of(call: Callable[[], object]) -> str:
    with pytest.raises((Invalid, Conflict)) as refusal:
        call()
    return refusal.value.code


# --- corridors -----------------------------------------------------------------------------------
@pytest.fixture
def corridor(orders: Kpi) -> Kpi:
    Kpi.objects.filter(pk=orders.pk).update(better="corridor")
    return Kpi.objects.get(pk=orders.pk)


def test_a_corridor_has_two_edges(head: User, tree: Tree, corridor: Kpi) -> None:
    row = put(head, tree, corridor, "90", upper=Decimal(105))
    assert row is not None
    assert (row.value, row.upper) == (Decimal(90), Decimal(105))
    assert refusal_of(lambda: put(head, tree, corridor, "90")) == "half_corridor"
    assert (
        refusal_of(lambda: put(head, tree, corridor, "90", upper=Decimal(80))) == "corridor_order"
    )
    assert put(head, tree, corridor, "90", upper=Decimal(105)) == row
    changed = put(head, tree, corridor, "90", upper=Decimal(110), reason="Prices have risen")
    assert changed != row
    withdrawn = put(head, tree, corridor, None, reason="Nobody measures it")
    assert withdrawn is not None
    assert (withdrawn.value, withdrawn.upper) == (None, None)


def test_other_kpis_have_no_upper_edge(head: User, tree: Tree, orders: Kpi) -> None:
    assert refusal_of(lambda: put(head, tree, orders, "90", upper=Decimal(95))) == "no_corridor"


# --- milestones ----------------------------------------------------------------------------------
@pytest.fixture
def staged(orders: Kpi) -> Kpi:
    Kpi.objects.filter(pk=orders.pk).update(plan_method="milestones")
    return Kpi.objects.get(pk=orders.pk)


def on(*pairs: tuple[int, str]) -> list[tuple[dt.date, Decimal]]:
    return [(dt.date(2026, 11, day), Decimal(due)) for day, due in pairs]


def test_milestones_are_kept_in_order(head: User, tree: Tree, staged: Kpi) -> None:
    row = put(head, tree, staged, "100", milestones=on((20, "60"), (10, "40")))
    assert row is not None
    assert row.milestones == [["2026-11-10", "40.000000"], ["2026-11-20", "60.000000"]]
    assert put(head, tree, staged, "100", milestones=on((10, "40"), (20, "60"))) == row


@pytest.mark.parametrize(
    "milestones",
    [
        on((10, "60"), (20, "40")),
        on((10, "60"), (10, "70")),
        on((10, "101")),
        on((10, "-1")),
        [(dt.date(2026, 12, 1), Decimal(10))],
    ],
)
def test_milestones_that_make_no_plan_are_refused(
    head: User, tree: Tree, staged: Kpi, milestones: list[tuple[dt.date, Decimal]]
) -> None:
    assert refusal_of(lambda: put(head, tree, staged, "100", milestones=milestones)) == "milestones"


def test_only_a_plan_by_milestones_has_them(head: User, tree: Tree, orders: Kpi) -> None:
    steps = on((10, "40"))
    assert refusal_of(lambda: put(head, tree, orders, "100", milestones=steps)) == "milestones"


# --- whose target --------------------------------------------------------------------------------
def test_targets_of_directions_and_people_stand_apart(head: User, tree: Tree, orders: Kpi) -> None:
    person = make_employee(tree.department, full_name="Anna")
    put(head, tree, orders, "300")
    put(head, tree, orders, "200", scope=tree.a.scope)
    put(head, tree, orders, "50", employee=person)
    scope = tree.department.scope
    found = targets_in_force(scope=scope, months=[NOVEMBER])
    assert found[orders.pk, NOVEMBER].value == 300
    found = targets_in_force(scope=tree.a.scope, months=[NOVEMBER])
    assert found[orders.pk, NOVEMBER].value == 200
    found = targets_in_force(scope=scope, months=[NOVEMBER], employee=person)
    assert found[orders.pk, NOVEMBER].value == 50


def test_a_person_of_another_department_is_refused(head: User, tree: Tree, orders: Kpi) -> None:
    other = make_employee(make_department(tree.company, "Second"), full_name="Anna")
    assert refusal_of(lambda: put(head, tree, orders, "5", employee=other)) == "other_department"


def test_the_month_of_a_direction_is_closed_with_its_department(
    head: User, tree: Tree, orders: Kpi
) -> None:
    MonthlyReport.objects.create(
        scope=tree.department.scope, month=NOVEMBER, approved_by=head, approved_at=timezone.now()
    )
    assert closed_months(scope=tree.a.scope, months=[NOVEMBER]) == {NOVEMBER}
    person = make_employee(tree.department, full_name="Anna")
    for more in ({"scope": tree.a.scope}, {"employee": person}):
        with pytest.raises(Conflict) as refusal:
            put(head, tree, orders, "100", **more)
        assert refusal.value.code == "month_closed"


def test_the_grid_of_a_direction(
    opened: Client, head: User, tree: Tree, orders: Kpi, morning: dt.date
) -> None:
    url = reverse("indicators:target-edit", args=["orders", 2026, 11])
    answer = opened.post(f"{url}?direction={tree.a.uid}", {"value": "77"})
    assert answer.status_code == 302
    assert f"direction={tree.a.uid}" in answer["Location"]
    assert "77" in opened.get(answer["Location"]).content.decode()
    assert Target.objects.get().scope == tree.a.scope
    for wrong in ("direction=nonsense", f"employee={tree.a.uid}", f"subject={tree.a.uid}"):
        assert opened.get(f"{url}?{wrong}").status_code == 404


def test_the_form_of_a_corridor_and_of_milestones(
    opened: Client, tree: Tree, corridor: Kpi, morning: dt.date
) -> None:
    url = reverse("indicators:target-edit", args=["orders", 2026, 11])
    assert opened.post(url, {"value": "90", "upper": "105"}).status_code == 302
    html = opened.get(url).content.decode()
    assert 'value="105"' in html
    assert "90 – 105" in html
    Kpi.objects.filter(code="orders").update(better="up", plan_method="milestones")
    data = {"value": "100", "milestones": "10.11.2026 40\n20.11.2026 60", "reason": "By stages"}
    assert opened.post(url, data).status_code == 302
    assert "10.11.2026 40" in opened.get(url).content.decode()
    wrong = opened.post(url, data | {"milestones": "soon 40"})
    assert wrong.status_code == 422


# --- the season ----------------------------------------------------------------------------------
@pytest.fixture
def two_years(source: Source) -> None:
    """2025 and 2026: 10 orders a day, 20 in December."""
    for year in (2025, 2026):
        fill(
            source,
            {
                "orders": {
                    **daily(10, f"01.01.{year}", f"30.11.{year}"),
                    **daily(20, f"01.12.{year}", f"31.12.{year}"),
                }
            },
        )


def split(head: User, tree: Tree, total: str, **more: object) -> dict[dt.date, Decimal]:
    fields = {"department": tree.department, "kpi": Kpi.objects.get(code="orders")} | more
    return targets_split_by_season(
        actor=head,
        year=2027,
        total=Decimal(total),
        today=TODAY,
        **fields,  # type: ignore[arg-type]  # named by the test
    )


@pytest.mark.usefixtures("two_years")
def test_a_year_is_split_by_its_season_without_a_rest(head: User, tree: Tree) -> None:
    """334 days of 10 and 31 of 20 are 3 960: of 3 960 each month gets what it had."""
    parts = split(head, tree, "3960")
    assert parts[dt.date(2027, 1, 1)] == 310
    assert parts[dt.date(2027, 2, 1)] == 280
    assert parts[dt.date(2027, 12, 1)] == 620
    assert sum(parts.values()) == 3_960
    parts = split(head, tree, "1000", reason="The shop is smaller")
    assert sum(parts.values()) == 1_000
    assert all(part == part.to_integral_value() for part in parts.values())
    found = targets_in_force(scope=tree.department.scope, months=parts)
    assert sum(row.value or 0 for row in found.values()) == 1_000
    assert AuditEvent.objects.filter(action="indicators.target.season").count() == 2


@pytest.mark.usefixtures("two_years")
def test_closed_months_keep_their_targets(head: User, tree: Tree, orders: Kpi) -> None:
    january = dt.date(2027, 1, 1)
    put(head, tree, orders, "500", month=january)
    MonthlyReport.objects.create(
        scope=tree.department.scope, month=january, approved_by=head, approved_at=timezone.now()
    )
    parts = split(head, tree, "4000")
    assert january not in parts
    assert sum(parts.values()) == 3_500
    assert refusal_of(lambda: split(head, tree, "499", reason="Less")) == "closed_hold_more"


@pytest.mark.usefixtures("two_years")
def test_a_change_of_targets_by_the_season_needs_its_reason_and_is_whole(
    head: User, tree: Tree
) -> None:
    split(head, tree, "3960")
    assert refusal_of(lambda: split(head, tree, "4000")) == "reason_required"
    assert Target.objects.count() == 12


def test_a_season_needs_two_whole_years(head: User, tree: Tree, source: Source) -> None:
    fill(source, {"orders": daily(10, "01.01.2026", "31.12.2026")})
    assert refusal_of(lambda: split(head, tree, "100")) == "no_season"
    fill(source, {"orders": daily(10, "10.01.2025", "31.12.2025")})
    assert refusal_of(lambda: split(head, tree, "100")) == "no_season"  # nine days are unknown
    assert not Target.objects.exists()


@pytest.mark.usefixtures("two_years")
def test_ratios_and_odd_sums_are_not_split(head: User, tree: Tree) -> None:
    ratio = Kpi.objects.get(code="conversion")
    assert refusal_of(lambda: split(head, tree, "1", kpi=ratio)) == "not_additive"
    for total in ("0", "-5", "1.1234567"):
        assert refusal_of(partial(split, head, tree, total)) == "total_invalid"


@pytest.mark.usefixtures("two_years")
@pytest.mark.parametrize("who", ["director", "specialist", "outsider"])
def test_only_the_head_plans(who: str, tree: Tree, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Forbidden):
        split(request.getfixturevalue(who), tree, "100")


@pytest.mark.usefixtures("two_years")
def test_the_split_on_the_page(opened: Client, tree: Tree, morning: dt.date) -> None:
    """On 23 November 2026 only 2025 is whole."""
    url = reverse("indicators:targets-split") + "?year=2027"
    data = {"kpi": "orders", "total": "3 960", "reason": ""}
    refused = opened.post(url, data)
    assert refused.status_code == 422
    assert "A season needs the facts of 2 whole years" in refused.content.decode()
    fill(Source.objects.get(), {"orders": daily(10, "01.01.2024", "31.12.2024")})
    assert opened.post(url, data).status_code == 302
    assert Target.objects.filter(month__year=2027).count() == 12


def test_last_years_corridor_is_not_copied_as_a_number(
    head: User, tree: Tree, source: Source, corridor: Kpi
) -> None:
    fill(source, {"orders": daily(10, "01.01.2026", "31.12.2026")})
    made = targets_copy_last_year(
        actor=head, department=tree.department, year=2027, growth=Decimal(0), today=TODAY
    )
    assert made == 0
