"""What the pages show: figures, reasons, both number formats; who may see them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.work.models import Decision
from kpis.indicators.models import Kpi, Target
from kpis.indicators.services.annotations import annotation_add
from kpis.register.models import RawAnswer, Source
from kpis.register.models.source import Stream
from staff.accounts.models import User
from tests.factories import Tree, make_department
from tests.indicators.register import daily, fill, make_source
from tests.indicators.series import day

pytestmark = pytest.mark.usefixtures("morning")
NOVEMBER = dt.date(2026, 11, 1)
SIX = ("sessions", "orders", "revenue", "conversion", "average_order", "cost_per_order")
ClientOf = Callable[[User], Client]


def words(client: Client, url: str, **headers: str) -> str:
    """The page's text with single spaces, NBSP kept apart from nothing."""
    response = client.get(url, headers=headers)
    assert response.status_code == 200, (url, response.status_code)
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    text = unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")
    return " ".join(text.split())


def set_target(tree: Tree, head: User, code: str, value: str, month: dt.date = NOVEMBER) -> None:
    Target.objects.create(
        kpi=Kpi.objects.get(code=code),
        scope=tree.department.scope,
        month=month,
        value=Decimal(value),
        author=head,
    )


@pytest.fixture
def targets(tree: Tree, head: User) -> None:
    set_target(tree, head, "sessions", "7500")
    set_target(tree, head, "orders", "165")
    set_target(tree, head, "revenue", "300000")
    set_target(tree, head, "cost_per_order", "280")


DASHBOARD = "/kpis/dashboard/"


@pytest.mark.usefixtures("filled", "targets")
def test_the_dashboard_shows_fact_plan_forecast_and_comparisons(opened: Client) -> None:
    text = words(opened, DASHBOARD)
    # sessions: 22 × 250 = 5,500 of 7500 × 22/30 = 5,500; forecast 7,500; October 22 × 200
    assert "Sessions on track 5,500" in text
    assert "Plan to date 5,500 · 100.0%" in text
    assert "Forecast 7,500 · 100.0%" in text
    assert "Previous month 4,400 ▲ +25.0%" in text
    # orders: 110 of 121 = 90.9 %: amber
    assert "Orders at risk 110" in text
    assert "Plan to date 121 · 90.9%" in text
    # cost per order 300 against 280, less is better: 2 − 300/280 = 92.86 %
    assert "Cost per order at risk 300.00 ₽" in text
    assert "92.9%" in text
    assert "On 22.11 250" in text


@pytest.mark.usefixtures("filled", "targets")
def test_a_russian_reader_sees_russian_numbers(tree: Tree, client_of: ClientOf, head: User) -> None:
    head.language = "ru"
    head.save()
    text = words(client_of(head), DASHBOARD)
    assert "5 500" in text
    assert "300,00 ₽" in text
    assert "90,9 %" in text
    assert "2,00 %" in text  # conversion 110 / 5 500


@pytest.mark.usefixtures("filled")
def test_a_kpi_without_a_target_says_so(opened: Client) -> None:
    text = words(opened, DASHBOARD)
    assert "Sessions not rated 5,500" in text
    assert "Plan to date no target" in text


@pytest.mark.usefixtures("source")
def test_an_empty_register_says_no_data_and_what_to_do(opened: Client) -> None:
    text = words(opened, DASHBOARD)
    assert "Sessions not rated no data" in text
    assert "First steps" in text
    assert "Set targets" in text
    assert reverse("indicators:targets") in opened.get(DASHBOARD).content.decode()


def test_orders_without_sessions_have_no_base(source: Source, opened: Client) -> None:
    fill(
        source,
        {
            "orders": daily(0, "01.11.2026", "22.11.2026"),
            "media_cost": daily(100, "01.11.2026", "22.11.2026"),
        },
    )
    text = words(opened, DASHBOARD)
    assert "Cost per order not rated no base" in text
    assert "divided by zero: check the source" in text


def test_missing_days_are_flagged(source: Source, opened: Client) -> None:
    fill(source, {"sessions": daily(100, "12.11.2026", "22.11.2026")})
    text = words(opened, DASHBOARD)
    assert "incomplete data, 50%" in text


@pytest.mark.usefixtures("filled", "targets")
def test_only_the_live_part_is_refreshed(opened: Client) -> None:
    response = opened.get(DASHBOARD, headers={"HX-Request": "true", "HX-Target": "live"})
    page = response.content.decode()
    assert page.lstrip().startswith('<div id="live"')
    assert 'hx-trigger="every 15s"' in page
    assert "<html" not in page
    assert "5,500" in page


@pytest.mark.usefixtures("filled", "targets")
def test_what_is_behind_its_plan_waits_for_the_head(opened: Client) -> None:
    text = words(opened, DASHBOARD)
    assert "Needs me now Revenue : 100.0%" not in text
    assert "Orders : 90.9% of the plan to date" in text


@pytest.mark.usefixtures("filled")
def test_a_source_in_trouble_waits_for_the_head(filled: Source, opened: Client) -> None:
    filled.state = Source.State.ATTENTION
    filled.attention = {"ru": "Смените пароль", "en": "Change the password"}
    filled.save()
    assert "Reports : Change the password" in words(opened, DASHBOARD)


@pytest.mark.usefixtures("filled")
def test_on_the_first_of_a_month_the_whole_last_month_is_shown(
    opened: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("departments.work.clock.today", lambda zone: dt.date(2026, 11, 1))
    text = words(opened, DASHBOARD)
    assert "October 2026" in text
    assert "Sessions not rated 6,200" in text  # 31 × 200


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("targets")
def test_the_dashboard_costs_the_same_however_full_the_register_is(
    head: User, tree: Tree, source: Source, opened: Client
) -> None:
    days = daily(3, "20.11.2026", "22.11.2026")
    fill(source, {"sessions": days, "orders": days})
    opened.get(DASHBOARD)
    few = queries_of(opened, DASHBOARD)
    more = make_source(head, tree.department.scope, "Second")
    figures = {
        code: daily(30, "01.09.2025", "22.11.2026")
        for code in ("sessions", "orders", "revenue", "media_cost")
    }
    fill(source, figures, stream="all", subjects=3)
    fill(more, figures, subjects=3)
    # The first reading after news counts the orders anew; the second remembers.
    assert queries_of(opened, DASHBOARD) <= 40
    assert queries_of(opened, DASHBOARD) == few


# --- KPI page and drill-down ---------------------------------------------------------------------
@pytest.mark.usefixtures("filled", "targets")
def test_the_kpi_page_explains_the_figure(opened: Client) -> None:
    text = words(opened, "/kpis/kpi/conversion/?month=2026-11")
    assert "Conversion to order = Orders ÷ Sessions" in text
    assert "Orders 110 01.11–22.11 , 22 days" in text
    assert "Sessions 5,500 01.11–22.11 , 22 days" in text
    assert "2.00%" in text
    assert "Averaging the conversions" in text  # usual mistakes
    assert "Days counted 01.11–22.11" in text


@pytest.mark.usefixtures("filled")
def test_noted_days_are_shaded_on_the_chart(opened: Client, head: User, tree: Tree) -> None:
    for first, last, text in (
        ("2026-11-10", "2026-11-12", "Fair <b>on Tverskaya</b>"),
        ("2026-10-28", "2026-11-01", "Flu"),
    ):
        annotation_add(
            actor=head,
            scope=tree.department.scope,
            kpi=None,
            first_day=dt.date.fromisoformat(first),
            last_day=dt.date.fromisoformat(last),
            text=text,
            excludes_from_norm=False,
        )
    page = opened.get("/kpis/kpi/orders/?month=2026-11").content.decode()
    # 600 px wide, thirty days: three days from the tenth on; of the flu the first only
    assert '<rect class="day-note" x="180.0" y="0" width="60.0" height="200">' in page
    assert '<rect class="day-note" x="0.0" y="0" width="20.0" height="200">' in page
    assert "<title>Fair &lt;b&gt;on Tverskaya&lt;/b&gt;</title>" in page
    assert "days with a note" in page


@pytest.mark.usefixtures("filled")
def test_the_kpi_page_of_a_month_without_data(opened: Client) -> None:
    text = words(opened, "/kpis/kpi/orders/?month=2025-03")
    assert "Nothing to draw: no data" in text


@pytest.mark.usefixtures("filled")
def test_a_figure_leads_to_its_days_rows_and_raw_answer(filled: Source, opened: Client) -> None:
    page = opened.get("/kpis/kpi/orders/?month=2026-11").content.decode()
    link = "/kpis/rows/orders/?first=2026-11-22&amp;last=2026-11-22&amp;kpi=orders"
    assert link in page
    rows = opened.get(unescape(link))
    answer = RawAnswer.objects.get(slice__run__source=filled)
    assert reverse("register:raw-answer", args=[answer.uid]) in rows.content.decode()
    assert "Site 1" in rows.content.decode()


@pytest.mark.usefixtures("filled")
def test_rows_that_do_not_count_are_not_part_of_the_figure(
    head: User, tree: Tree, opened: Client
) -> None:
    other = make_source(head, tree.department.scope, "Rival shop")
    fill(other, {"orders": {day("22.11.2026"): 999}})
    Stream.objects.get(source=other).metrics.update(is_counted=False)
    text = words(opened, "/kpis/rows/orders/?first=2026-11-22&last=2026-11-22")
    assert "999" not in text
    assert "Rival shop" not in text


# --- the director's report -----------------------------------------------------------------------
@pytest.mark.usefixtures("filled", "targets")
def test_the_report_of_a_month(tree: Tree, head: User, director: User, client_of: ClientOf) -> None:
    set_target(tree, head, "orders", "155", dt.date(2026, 10, 1))
    Kpi.objects.exclude(code__in=SIX).update(is_main=False)
    client = client_of(director)
    text = words(client, "/kpis/report/2026-10/")
    assert "Marketing · performance · October 2026" in text
    assert "Orders 155 155 0 ● 0.0%" in text
    assert "Completeness of data: 100%" in text
    assert "The head of department has not written the verdict yet." in text
    assert head.full_name in text  # responsible
    assert "Write" not in text


@pytest.mark.usefixtures("filled")
def test_the_report_page_opens_on_the_last_whole_month(opened: Client) -> None:
    response = opened.get("/kpis/report/")
    assert response.headers["Location"] == "/kpis/report/2026-10/"


@pytest.mark.usefixtures("filled")
def test_a_month_without_data_says_so(opened: Client) -> None:
    assert "No data for this month" in words(opened, "/kpis/report/2024-02/")


@pytest.mark.usefixtures("filled")
def test_a_changed_target_is_a_footnote(tree: Tree, head: User, opened: Client) -> None:
    set_target(tree, head, "orders", "155", dt.date(2026, 10, 1))
    opened.post("/kpis/targets/orders/2026-10/", {"value": "140", "reason": "Fewer working days"})
    text = words(opened, "/kpis/report/2026-10/")
    assert "Target of “Orders” changed to 140" in text
    assert "Fewer working days" in text


@pytest.mark.usefixtures("filled", "targets")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_report_is_exported(opened: Client, kind: str) -> None:
    response = opened.get(f"/kpis/report/2026-11/?_export={kind}")
    assert response.headers["Content-Disposition"].endswith(f'"report-2026-11.{kind}"')
    if kind == "csv":
        lines = response.content.decode("utf-8-sig").splitlines()
        assert lines[1].startswith("Sessions,5500,5500,7500,0,0")
        assert "no target" in lines[5]


# --- targets -------------------------------------------------------------------------------------
def test_a_target_is_typed_as_people_write(opened: Client, tree: Tree) -> None:
    opened.post("/kpis/targets/revenue/2026-11/", {"value": "1 250 000,50 ₽"})
    opened.post("/kpis/targets/conversion/2026-11/", {"value": "2,5 %"})
    stored = {row.kpi.code: row.value for row in Target.objects.select_related("kpi")}
    assert stored == {"revenue": Decimal("1250000.5"), "conversion": Decimal("0.025")}


def test_a_letter_in_a_target_is_refused_and_kept(opened: Client) -> None:
    response = opened.post(
        "/kpis/targets/orders/2026-11/", {"value": "12O"}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 422
    assert "Write a number" in response.content.decode()
    assert 'value="12O"' in response.content.decode()
    assert not Target.objects.exists()


@pytest.mark.usefixtures("targets")
def test_a_change_asks_for_its_reason_in_the_cell(opened: Client) -> None:
    cell = opened.get("/kpis/targets/orders/2026-11/", headers={"HX-Request": "true"})
    assert 'name="reason"' in cell.content.decode()
    refused = opened.post(
        "/kpis/targets/orders/2026-11/", {"value": "170"}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422
    assert "Say why the target changes" in refused.content.decode()
    saved = opened.post(
        "/kpis/targets/orders/2026-11/",
        {"value": "170", "reason": "More stock"},
        headers={"HX-Request": "true"},
    )
    assert saved.status_code == 200
    assert "170" in saved.content.decode()
    text = words(opened, "/kpis/targets/orders/2026-11/")
    assert "170 in force More stock" in text
    assert "165" in text


@pytest.mark.usefixtures("filled")
def test_last_year_fills_the_grid(opened: Client) -> None:
    response = opened.post("/kpis/targets/copy/?year=2027", {"growth": "10"}, follow=True)
    text = " ".join(response.content.decode().split())
    assert "targets set." in text
    assert Target.objects.get(kpi__code="orders", month=dt.date(2027, 10, 1)).value == 171


# --- rights --------------------------------------------------------------------------------------
PAGES = {
    "/kpis/": "head direction_head specialist trainee director auditor",
    DASHBOARD: "head direction_head director auditor",
    "/kpis/kpi/orders/": "head direction_head specialist trainee director auditor",
    "/kpis/rows/orders/": "head direction_head specialist trainee director auditor",
    "/kpis/targets/": "head direction_head director auditor",
    "/kpis/targets/orders/2026-11/": "head direction_head director auditor",
    "/kpis/report/2026-11/": "head director auditor",
    "/kpis/report/2026-11/verdict/": "head",
}


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize(
    "who",
    ["head", "direction_head", "specialist", "trainee", "director", "auditor", "nobody"],
)
@pytest.mark.usefixtures("tree")
def test_who_may_open_which_page(
    url: str, who: str, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    status = client_of(user).get(url).status_code
    assert status == (200 if who in PAGES[url].split() else 403)


@pytest.mark.parametrize("url", PAGES)
def test_another_companys_department_does_not_exist_for_the_head(
    url: str, tree: Tree, other_tree: Tree, opened: Client
) -> None:
    assert opened.get(f"{url}?department={other_tree.department.uid}").status_code == 404


@pytest.mark.parametrize("who", ["director", "direction_head", "auditor"])
def test_readers_do_not_write(
    who: str, tree: Tree, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    for url in (
        "/kpis/targets/orders/2026-11/",
        "/kpis/targets/copy/?year=2026",
        "/kpis/report/2026-10/verdict/",
        "/kpis/report/2026-10/approve/",
    ):
        assert client.post(url, {"value": "5", "growth": "5", "achieved": "x"}).status_code == 403
    assert not Target.objects.exists()


def test_the_chosen_department_is_remembered(
    tree: Tree, other_tree: Tree, auditor: User, client_of: ClientOf
) -> None:
    client = client_of(auditor)
    client.get(f"{DASHBOARD}?department={other_tree.department.uid}")
    page = client.get("/kpis/").content.decode()
    marked = re.search(r'<a href="\?department=([0-9a-f-]+)" aria-current="page"', page)
    assert marked
    assert marked.group(1) == str(other_tree.department.uid)


@pytest.mark.parametrize("month", ["2026-13", "2026-0", "abcd", "999999-01", "-"])
def test_what_is_no_month_is_not_found(month: str, tree: Tree, opened: Client) -> None:
    assert opened.get(f"/kpis/kpi/orders/?month={month}").status_code == 404


def test_without_a_department_the_dashboard_says_what_to_do(
    superuser: User, client_of: ClientOf
) -> None:
    assert "There is no department yet" in words(client_of(superuser), DASHBOARD)


# --- where a department's figures come from ------------------------------------------------------
def test_a_source_of_the_company_counts_for_its_only_department(
    superuser: User, tree: Tree, opened: Client
) -> None:
    fill(
        make_source(superuser, tree.company.scope),
        {"sessions": daily(100, "01.11.2026", "22.11.2026")},
    )
    assert "Sessions not rated 2,200" in words(opened, DASHBOARD)


def test_beside_another_department_only_own_sources_count(
    superuser: User, head: User, tree: Tree, opened: Client
) -> None:
    make_department(tree.company, "Second")
    fill(
        make_source(superuser, tree.company.scope),
        {"sessions": daily(100, "01.11.2026", "22.11.2026")},
    )
    fill(
        make_source(head, tree.department.scope, "Own"),
        {"sessions": daily(1, "01.11.2026", "22.11.2026")},
    )
    assert "Sessions not rated 22" in words(opened, DASHBOARD)


# --- decisions in place --------------------------------------------------------------------------
def test_a_decision_is_answered_on_the_dashboard(tree: Tree, head: User, opened: Client) -> None:
    decision = Decision.objects.create(
        scope=tree.department.scope,
        kind="funds.expense.approve",
        title={"ru": "Согласовать расход", "en": "Approve the expense"},
    )
    page = opened.get(DASHBOARD).content.decode()
    url = reverse("work:decision-decide", args=[decision.uid])
    assert f'action="{url}"' in page
    answer = opened.post(url, {"answer": "approve", "comment": "", "next": DASHBOARD})
    assert (answer.status_code, answer["Location"]) == (302, DASHBOARD)
    decision.refresh_from_db()
    assert decision.state == Decision.State.APPROVED


def test_who_may_not_decide_sees_the_question_only(
    tree: Tree, auditor: User, client_of: ClientOf
) -> None:
    Decision.objects.create(
        scope=tree.department.scope, kind="a.b.c", title={"ru": "Вопрос", "en": "A question"}
    )
    assert "needs-answer" not in client_of(auditor).get(DASHBOARD).content.decode()
