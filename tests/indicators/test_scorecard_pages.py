"""Pages of scorecards: what they show, who may open them, the editor with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.work.models import Decision
from departments.work.services.decisions import decision_decide
from kpis.indicators.models import KpiDispute, Scorecard
from kpis.register.models import Source, Subject
from staff.accounts.models import Notification, User
from staff.people.models import Employee
from tests.factories import Tree, make_user
from tests.indicators.cards import THIRDS, aim, make_card, own
from tests.indicators.register import daily, fill
from tests.people.factories import appoint, make_employee, make_position

pytestmark = pytest.mark.usefixtures("morning")
ClientOf = Callable[[User], Client]
MINE, LIST = "/kpis/mine/", "/kpis/scorecards/"
LINES = {
    "line-0-kpi": "sessions",
    "line-0-weight": "40",
    "line-0-measured_by": "subjects",
    "line-1-kpi": "orders",
    "line-1-weight": "35",
    "line-1-measured_by": "subjects",
    "line-2-kpi": "revenue",
    "line-2-weight": "25",
    "line-2-measured_by": "direction",
    "valid_from": "2026-11-01",
    "bonus_norm": "25 000",
}


def text_of(html: str) -> str:
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    text = unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")
    return " ".join(text.split())


def words(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return text_of(response.content.decode())


@pytest.fixture
def person(tree: Tree, specialist: User) -> Employee:
    made = make_employee(tree.department, specialist)
    appoint(made, make_position(tree.a))
    return made


@pytest.fixture
def figures(source: Source, person: Employee) -> Subject:
    """A site of the person: 50 sessions, 2 orders, 1 000 a day; another one of nobody."""
    fill(
        source,
        {
            "sessions": daily(100, "01.11.2026", "22.11.2026"),
            "orders": daily(4, "01.11.2026", "22.11.2026"),
            "revenue": daily(2_000, "01.11.2026", "22.11.2026"),
        },
        subjects=2,
    )
    site: Subject = Subject.objects.order_by("key")[0]
    assert person.user is not None
    own(site, person.user, "2026-01-01")
    return site


@pytest.fixture
def card(head: User, tree: Tree, person: Employee) -> Scorecard:
    for code, value in (("sessions", "1500"), ("orders", "60"), ("revenue", "30000")):
        aim(head, tree, code, value, employee=person)
    return make_card(head, tree, person, norm="25000")


@pytest.mark.usefixtures("figures", "card")
def test_my_page_says_what_each_kpi_is_worth_and_what_is_needed(
    client_of: ClientOf, specialist: User
) -> None:
    text = words(client_of(specialist), MINE)
    assert "Scorecard result, to date 100.0%" in text
    assert "Expected bonus 25,000 ₽" in text
    assert "norm 25,000 ₽, at most 30,000 ₽" in text
    assert "Sessions own channels, campaigns and tasks" in text
    assert "40% 10,000 ₽ 1,100 1,100 100.0% on track 40.0%" in text
    # 60 − 44 orders over the six working days from the 23rd: 2.67 a day
    assert "16 more: 3 on each of 6 working days" in text
    assert "Dispute" in text


@pytest.mark.usefixtures("figures", "card")
def test_a_russian_reader(client_of: ClientOf, specialist: User) -> None:
    specialist.language = "ru"
    specialist.save()
    assert "25 000 ₽" in words(client_of(specialist), MINE)


def test_without_a_scorecard_and_without_an_employee(
    client_of: ClientOf, person: Employee, specialist: User, trainee: User, opened: Client
) -> None:
    assert "No scorecard for this month" in words(client_of(specialist), MINE)
    assert "You are not on the staff list" in words(client_of(trainee), MINE)
    assert "Make a scorecard" in words(opened, reverse("indicators:person", args=[person.uid]))


@pytest.mark.usefixtures("figures", "card")
def test_the_rows_behind_a_figure_are_those_the_person_held(
    client_of: ClientOf, specialist: User, person: Employee, figures: Subject
) -> None:
    client = client_of(specialist)
    url = reverse("indicators:person-rows", args=[person.uid, "sessions"])
    assert url in client.get(MINE).content.decode()
    text = words(client, f"{url}?month=2026-11")
    assert figures.label in text
    other = Subject.objects.exclude(pk=figures.pk).get()
    assert other.label not in text
    empty = words(client, f"{url}?month=2026-10")
    assert figures.label not in empty


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("specialist", 200),
        ("head", 200),
        ("direction_head", 200),
        ("director", 200),
        ("auditor", 200),
        ("trainee", 404),
        ("outsider", 404),
    ],
)
def test_a_person_sees_their_own_and_managers_those_of_their_scope(
    who: str,
    status: int,
    card: Scorecard,
    person: Employee,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    client = client_of(request.getfixturevalue(who))
    for name, more in (("person", []), ("person-rows", ["orders"])):
        url = reverse(f"indicators:{name}", args=[person.uid, *more])
        assert client.get(url).status_code == status, name


@pytest.mark.parametrize(
    ("who", "url", "status"),
    [
        ("specialist", LIST, 403),
        ("specialist", "/kpis/department/scorecard/", 403),
        ("direction_head", LIST, 200),
        ("direction_head", "/kpis/department/", 404),
        ("direction_head", "/kpis/campaigns/", 404),
        ("director", "/kpis/department/", 200),
        ("director", "/kpis/department/scorecard/", 403),
        ("head", "/kpis/department/scorecard/", 200),
        ("head", "/kpis/campaigns/", 200),
        ("nobody", MINE, 403),
    ],
)
def test_who_may_open_what(
    who: str, url: str, status: int, tree: Tree, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert client_of(request.getfixturevalue(who)).get(url).status_code == status


@pytest.mark.usefixtures("figures", "card")
def test_the_list_has_results_and_says_who_has_no_scorecard(
    opened: Client, head: User, tree: Tree
) -> None:
    make_employee(tree.department, full_name="Olga Orlova")
    make_card(head, tree)
    text = words(opened, LIST)
    assert "Specialist" in text
    assert "100.0% 100.0% on track 100% 25,000 ₽" in text
    assert "Olga Orlova no scorecard Make" in text


def test_the_list_of_a_direction_head_has_only_their_people(
    card: Scorecard, tree: Tree, client_of: ClientOf, direction_head: User
) -> None:
    stranger = make_employee(tree.department, full_name="Boris of B")
    appoint(stranger, make_position(tree.b, "B.S1"))
    text = words(client_of(direction_head), LIST)
    assert "Specialist" in text
    assert "Boris" not in text
    assert "no scorecard: all its main KPIs" not in text


@pytest.mark.usefixtures("figures")
def test_the_list_costs_the_same_with_one_and_with_ten_people(
    opened: Client, head: User, tree: Tree
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert opened.get(LIST).status_code == 200
        return len(queries)

    def add() -> None:
        user = make_user("specialist", tree.a.scope)
        make_card(head, tree, make_employee(tree.department, user))

    add()
    count()
    one = count()
    for _number in range(9):
        add()
    assert count() == one


def test_a_month_ahead_is_not_found(opened: Client) -> None:
    assert opened.get(f"{LIST}?month=2026-12").status_code == 404
    assert opened.get(f"{LIST}?month=nonsense").status_code == 404


# --- editor --------------------------------------------------------------------------------------
def test_the_editor_saves(opened: Client, person: Employee) -> None:
    url = reverse("indicators:person-scorecard", args=[person.uid])
    response = opened.post(url, LINES)
    assert response.status_code == 302, text_of(response.content.decode())
    saved = Scorecard.objects.get()
    assert saved.bonus_norm == 25_000
    told = Notification.objects.get(user=person.user)
    assert told.title["en"] == "Your scorecard from 11.2026 on"
    assert {line.kpi.code: line.weight for line in saved.lines.all()} == THIRDS
    assert saved.lines.get(kpi__code="revenue").measured_by == "direction"
    html = opened.get(url).content.decode()
    assert 'value="40"' in html
    assert 'value="25,000"' in html
    assert "100%" in html


def test_the_editor_adds_up_without_scripts_and_live(opened: Client, person: Employee) -> None:
    url = reverse("indicators:person-scorecard", args=[person.uid])
    data = LINES | {"line-2-weight": "24,5"}
    whole = text_of(opened.post(url, data | {"check": "1"}).content.decode())
    assert "99.50%" in whole
    assert "to 100 %: +0.5 points" in whole
    assert not Scorecard.objects.exists()
    live = opened.post(url, data, headers={"HX-Request": "true", "HX-Target": "weight-sum"})
    assert "to 100 %: +0.5 points" in text_of(live.content.decode())
    assert "<html" not in live.content.decode()
    assert not Scorecard.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line-2-weight": "24"}, "The weights together are exactly 100 %."),
        ({"line-2-kpi": ""}, "Which KPI is it?"),
        ({"line-2-weight": ""}, "How much does it weigh?"),
        ({"line-2-weight": "many"}, "Write a number"),
        ({"line-2-weight": "-5"}, "A weight is between 0.01 and 100 percent."),
        ({"line-2-kpi": "nonsense"}, "Select a valid choice"),
        ({"line-2-cap": "500"}, "Between 0 and 200 percent."),
        ({"bonus_norm": "-1"}, "A sum that is not negative, to a kopeck."),
        ({"valid_from": "2025-01-01"}, "Select a valid choice"),
    ],
)
def test_the_editor_says_what_is_wrong_and_keeps_what_was_typed(
    opened: Client, person: Employee, changes: dict[str, str], said: str
) -> None:
    url = reverse("indicators:person-scorecard", args=[person.uid])
    response = opened.post(url, LINES | changes)
    assert response.status_code == 422
    assert said in text_of(response.content.decode())
    assert 'value="35"' in response.content.decode()
    assert not Scorecard.objects.exists()


def test_a_change_asks_for_its_reason(opened: Client, card: Scorecard, person: Employee) -> None:
    url = reverse("indicators:person-scorecard", args=[person.uid])
    changed = LINES | {"line-0-weight": "35", "line-2-weight": "30"}
    response = opened.post(url, changed)
    assert "Say why the scorecard changes" in text_of(response.content.decode())
    assert opened.post(url, changed | {"reason": "A new season"}).status_code == 302
    text = words(opened, reverse("indicators:person", args=[person.uid]))
    assert "Version 2, effective from November 2026" in text
    assert "A new season" in text


# --- campaigns, disputes -------------------------------------------------------------------------
@pytest.mark.usefixtures("figures")
def test_a_campaign_has_its_page_scorecard_and_targets(
    opened: Client, head: User, tree: Tree
) -> None:
    campaign = Subject.objects.order_by("key")[1]
    Subject.objects.filter(pk=campaign.pk).update(kind="campaign", label="Autumn sale")
    assert "Autumn sale" in words(opened, "/kpis/campaigns/")
    edit = reverse("indicators:campaign-scorecard", args=[campaign.uid])
    data = {name: value for name, value in LINES.items() if "measured" not in name}
    assert opened.post(edit, data).status_code == 302
    target = reverse("indicators:target-edit", args=["orders", 2026, 11])
    saved = opened.post(f"{target}?subject={campaign.uid}", {"value": "60"})
    assert saved.status_code == 302
    text = words(opened, saved["Location"])
    assert "Autumn sale" in text
    assert "35% 44 Target: Orders, 44 100.0% on track" in text
    assert "Campaigns" in words(opened, LIST)
    rows = reverse("indicators:campaign-rows", args=[campaign.uid, "orders"])
    assert "Autumn sale" in words(opened, f"{rows}?month=2026-11")


@pytest.mark.usefixtures("figures", "card")
def test_a_dispute_from_the_page_to_the_answer(
    client_of: ClientOf, specialist: User, head: User, person: Employee
) -> None:
    client = client_of(specialist)
    url = reverse("indicators:dispute", args=[person.uid, "orders"]) + "?month=2026-11"
    assert "Dispute: Orders, November 2026" in words(client, url)
    assert client.post(url, {"text": "The fair is missing"}).status_code == 302
    assert "The fair is missing" in words(client, MINE)
    decision = Decision.objects.get(kind="indicators.kpi.dispute")
    decision_decide(actor=head, decision=decision, approve=False, comment="It is December's")
    text = words(client, MINE)
    assert "declined" in text
    assert "Answer: It is December's" in text
    refused = client_of(head).post(url, {"text": "Mine"})
    assert refused.status_code == 403
    assert KpiDispute.objects.count() == 1
