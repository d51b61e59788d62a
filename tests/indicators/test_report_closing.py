"""An approved month: what it was stays, what became of it is told later."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.engine.values import Reason, Value
from kpis.indicators.models import (
    ClosedFigure,
    Correction,
    Kpi,
    KpiVersion,
    ReportEdition,
    Target,
)
from kpis.indicators.plain import from_plain, to_plain
from kpis.indicators.selectors.report import month_sheet, sheet_made
from kpis.indicators.services.reports import report_approve, report_reopen, report_write
from kpis.indicators.services.targets import target_set
from kpis.indicators.sheet import Sheet
from kpis.indicators.sheet_words import correction_text
from kpis.register.models import ResultRevision, Source
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.indicators.register import daily, fill, make_source

pytestmark = pytest.mark.usefixtures("morning")
TODAY = dt.date(2026, 11, 23)
SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (9, 10, 11))
PAGE = "/kpis/report/2026-10/"
ClientOf = Callable[[User], Client]


def close(head: User, tree: Tree, month: dt.date = OCTOBER, today: dt.date = TODAY) -> None:
    scope = tree.department.scope
    report_write(
        actor=head, scope=scope, month=month, achieved="Plan reached", cause="", request=""
    )
    report_approve(actor=head, scope=scope, month=month, today=today)


def sheet_of(tree: Tree, month: dt.date = OCTOBER, today: dt.date = TODAY) -> Sheet:
    return month_sheet(department=tree.department, month=month, today=today)


def line_of(sheet: Sheet, code: str) -> Value:
    return next(line.fact for line in sheet.lines if line.code == code)


def restate(source: Source, day: dt.date, **figures: int) -> None:
    """The source gives ``day`` again with other figures, after all that was before."""
    usual = {"sessions": 200, "orders": 5, "revenue": 10_000, "media_cost": 1_500}
    piece = fill(source, {code: {day: value} for code, value in {**usual, **figures}.items()})
    # One transaction is one moment for the database: a test is one.
    ResultRevision.objects.filter(slice=piece).update(changed_at=timezone.now())


def text_of(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    body = page[page.index('<main id="main"') : page.index("</main>")]
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    return " ".join(unescape(body).split())


@pytest.fixture
def october(filled: Source, tree: Tree, head: User) -> None:
    """Orders 155 of 160, revenue 310 000 of 300 000."""
    for code, value in (("orders", 160), ("revenue", 300_000), ("cost_per_order", 280)):
        target_set(
            actor=head,
            scope=tree.department.scope,
            kpi=Kpi.objects.get(code=code),
            month=OCTOBER,
            value=Decimal(value),
        )


@pytest.mark.usefixtures("october")
def test_the_closed_page_never_changes(
    tree: Tree, head: User, filled: Source, director: User, client_of: ClientOf
) -> None:
    close(head, tree)
    client = client_of(director)
    before = text_of(client, PAGE)
    files = {kind: client.get(f"{PAGE}?_export={kind}").content for kind in ("csv",)}
    kept = sheet_of(tree)
    assert "310,000" in before
    # the source restates the month
    fill(filled, {"revenue": daily(1, "01.10.2026", "31.10.2026")})
    fill(filled, {"orders": daily(9, "01.10.2025", "22.11.2026")})
    # targets go, a formula is new, a KPI is archived and renamed
    Target.objects.all().delete()
    for kpi in Kpi.objects.filter(code__in=["orders", "conversion"]):
        KpiVersion.objects.create(
            kpi=kpi, formula="orders * 2", valid_from=OCTOBER, reason="Twice", author=head
        )
    Kpi.objects.filter(code="sessions").update(archived_at=timezone.now(), name_en="Other")
    Kpi.objects.filter(code="revenue").update(unit="count", decimals=3, better="down")
    tree.company.currency = "USD"
    tree.company.save()
    assert text_of(client, PAGE) == before
    assert {kind: client.get(f"{PAGE}?_export={kind}").content for kind in files} == files
    assert sheet_of(tree) == kept
    # while the same month made anew would be another page
    anew = sheet_made(department=tree.department, month=OCTOBER, today=TODAY)
    assert line_of(anew, "revenue") == Value(reason=Reason.NO_DATA)
    assert line_of(anew, "orders") == Value(Fraction(31 * 9 * 2))


@pytest.mark.usefixtures("october")
def test_every_figure_is_kept_exactly(tree: Tree, head: User) -> None:
    close(head, tree)
    rows = {row.kpi.code: row for row in ClosedFigure.objects.select_related("kpi")}
    assert set(rows) == set(Kpi.objects.filter(is_main=True).values_list("code", flat=True))
    assert set(rows) > {
        "sessions",
        "orders",
        "revenue",
        "conversion",
        "average_order",
        "cost_per_order",
    }
    assert (rows["orders"].fact, rows["orders"].plan, rows["orders"].attained) == (
        "155",
        "160",
        "31/32",
    )
    assert rows["conversion"].fact == "1/40"
    assert rows["conversion"].plan == ""
    assert rows["cost_per_order"].attained == "13/14"  # 2 − 300/280
    assert rows["cost_per_order"].formula.endswith("/ orders")
    assert len(rows["revenue"].body["points"]) == 13
    parts = {part["code"]: part["value"]["number"] for part in rows["conversion"].body["parts"]}
    assert parts == {"orders": "155", "sessions": "6200"}


@pytest.mark.usefixtures("october")
def test_a_sheet_comes_back_as_it_was_kept(tree: Tree) -> None:
    sheet = sheet_of(tree)
    assert from_plain(Sheet, to_plain(sheet)) == sheet


@pytest.mark.usefixtures("october")
def test_the_closed_page_does_not_ask_the_register(tree: Tree, head: User, opened: Client) -> None:
    close(head, tree)
    opened.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        opened.get(PAGE)
    assert not [query["sql"] for query in captured if "register_" in query["sql"]]


# --- corrections ---------------------------------------------------------------------------------
@pytest.mark.usefixtures("october")
def test_a_restatement_is_a_line_of_the_next_open_month(
    tree: Tree, head: User, filled: Source, opened: Client
) -> None:
    close(head, tree)
    assert sheet_of(tree, NOVEMBER).head.corrections == ()
    restate(filled, dt.date(2026, 10, 5), revenue=5_000)
    line = sheet_of(tree, NOVEMBER).head.corrections[0]
    assert (line.code, line.month, line.difference) == ("revenue", OCTOBER, Value(Fraction(-5_000)))
    assert correction_text(line) == (
        "Correction of October 2026: Revenue −5,000 ₽ (310,000 ₽ → 305,000 ₽), "
        "because Reports restated 1 figure."
    ).replace(" ₽", "\u00a0₽")
    assert "Correction of October 2026: Revenue −5,000" in text_of(
        opened, "/kpis/report/2026-11/"
    ).replace("\u00a0", " ")
    # the average order follows, the conversion does not
    codes = {each.code for each in sheet_of(tree, NOVEMBER).head.corrections}
    assert codes == {"revenue", "average_order", "ad_cost_ratio"}


@pytest.mark.usefixtures("october")
def test_a_correction_is_told_once_and_kept_with_its_month(
    tree: Tree, head: User, filled: Source
) -> None:
    close(head, tree, SEPTEMBER)
    restate(filled, dt.date(2026, 9, 5), revenue=4_000)
    assert [each.code for each in sheet_of(tree, OCTOBER).head.corrections] == [
        "revenue",
        "average_order",
        "ad_cost_ratio",
    ]
    close(head, tree, OCTOBER)
    told = sheet_of(tree, OCTOBER).head.corrections
    assert told[0].difference.number == -6_000
    assert Correction.objects.get(kpi__code="revenue").after == "294000"
    assert sheet_of(tree, NOVEMBER).head.corrections == ()
    # a second restatement of the same month counts from what was told last
    restate(filled, dt.date(2026, 9, 5), revenue=4_500)
    again = sheet_of(tree, NOVEMBER).head.corrections[0]
    assert again.difference == Value(Fraction(500))
    assert (again.month, again.restated) == (SEPTEMBER, 1)
    assert sheet_of(tree, OCTOBER).head.corrections == told


@pytest.mark.usefixtures("october")
def test_a_new_formula_does_not_correct_the_past(tree: Tree, head: User) -> None:
    close(head, tree)
    kpi = Kpi.objects.get(code="orders")
    KpiVersion.objects.create(kpi=kpi, formula="orders * 3", valid_from=OCTOBER, reason="Other")
    assert sheet_of(tree, NOVEMBER).head.corrections == ()


def test_a_refund_belongs_to_its_own_month(tree: Tree, head: User, source: Source) -> None:
    """E37: order 5 000 in February, refund in March: February stays, March is −5 000."""
    Kpi.objects.filter(code="revenue").update(unit="money")
    KpiVersion.objects.create(
        kpi=Kpi.objects.get(code="revenue"),
        formula="revenue - refunds",
        valid_from=dt.date(2026, 1, 1),
    )
    february, march = dt.date(2026, 2, 1), dt.date(2026, 3, 1)
    fill(
        source,
        {
            "revenue": {**daily(0, "01.02.2026", "31.03.2026"), dt.date(2026, 2, 28): 5_000},
            "refunds": {**daily(0, "01.02.2026", "31.03.2026"), dt.date(2026, 3, 3): 0},
        },
    )
    close(head, tree, february)
    day = dt.date(2026, 3, 3)
    fill(source, {"revenue": {day: 0}, "refunds": {day: 5_000}})
    assert line_of(sheet_of(tree, february), "revenue") == Value(Fraction(5_000))
    assert line_of(sheet_of(tree, march), "revenue") == Value(Fraction(-5_000))
    assert sheet_of(tree, march).head.corrections == ()


# --- closed months refuse ------------------------------------------------------------------------
@pytest.mark.usefixtures("october")
def test_a_target_from_a_closed_month_is_refused(tree: Tree, head: User) -> None:
    """E26: the closed month keeps its target; later months take the new one."""
    close(head, tree)
    orders = Kpi.objects.get(code="orders")
    scope = tree.department.scope
    with pytest.raises(Conflict) as refusal:
        target_set(
            actor=head, scope=scope, kpi=orders, month=OCTOBER, value=Decimal(120), reason="Less"
        )
    assert refusal.value.code == "month_closed"
    target_set(actor=head, scope=scope, kpi=orders, month=NOVEMBER, value=Decimal(120))
    kept = next(line for line in sheet_of(tree).lines if line.code == "orders")
    assert kept.plan == Value(Fraction(160))


@pytest.mark.usefixtures("october")
def test_only_the_director_opens_a_report_again_and_says_why(
    tree: Tree, head: User, director: User, filled: Source
) -> None:
    close(head, tree)
    scope = tree.department.scope
    with pytest.raises(Forbidden):
        report_reopen(actor=head, scope=scope, month=OCTOBER, reason="Mistake")
    with pytest.raises(Invalid) as refusal:
        report_reopen(actor=director, scope=scope, month=OCTOBER, reason="  ")
    assert refusal.value.code == "reason_required"
    report_reopen(actor=director, scope=scope, month=OCTOBER, reason="Refunds were missing")
    with pytest.raises(Conflict) as again:
        report_reopen(actor=director, scope=scope, month=OCTOBER, reason="Once more")
    assert again.value.code == "report_open"
    event = AuditEvent.objects.get(action="indicators.report.reopened")
    assert event.reason == "Refunds were missing"
    restate(filled, dt.date(2026, 10, 5), revenue=5_000)
    close(head, tree)
    first, second = ReportEdition.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.reopen_reason == "Refunds were missing"
    assert ClosedFigure.objects.get(edition=first, kpi__code="revenue").fact == "310000"
    assert ClosedFigure.objects.get(edition=second, kpi__code="revenue").fact == "305000"
    assert sheet_of(tree).head.edition == 2


@pytest.mark.usefixtures("october")
def test_the_reopening_page(tree: Tree, head: User, director: User, client_of: ClientOf) -> None:
    url = f"{PAGE}reopen/"
    close(head, tree)
    assert client_of(head).get(url).status_code == 403
    client = client_of(director)
    assert "Open again" in text_of(client, PAGE)
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "A source was late"})
    text = text_of(client, PAGE)
    assert "was opened again by" in text
    assert "A source was late" in text
    assert "approved and closed" not in text


# --- the page of an open month -------------------------------------------------------------------
@pytest.mark.usefixtures("october")
def test_the_draft_says_the_best_and_the_worst(opened: Client, tree: Tree) -> None:
    text = text_of(opened, PAGE).replace("\u00a0", " ")
    assert "Revenue: 310,000 ₽, plan 300,000 ₽ (+3.3%)" in text
    assert "Cost per order: 300.00 ₽, plan 280.00 ₽ (+7.1%); most changed: Media cost +3.3%" in text
    form = opened.get(f"{PAGE}verdict/").content.decode()
    assert "Revenue: 310,000" in unescape(form)


@pytest.mark.usefixtures("october")
def test_directions_add_up_to_the_department(tree: Tree, head: User, opened: Client) -> None:
    fill(
        make_source(head, tree.a.scope, "Of A"),
        {
            "media_cost": {dt.date(2026, 10, 3): 1_000},
            "gross_margin": {dt.date(2026, 10, 3): 2_500},
            "leads": {dt.date(2026, 10, 3): 12},
            "junk_leads": {dt.date(2026, 10, 3): 2},
        },
    )
    head_of = sheet_of(tree).head
    by_code = {line.code: line for line in head_of.directions}
    assert set(by_code) == {"A", "B", "C", ""}
    assert by_code["A"].romi == Value(Fraction(3, 2))
    assert by_code["A"].leads == Value(Fraction(10))
    assert by_code["B"].romi == Value(reason=Reason.NO_DATA)
    assert by_code[""].cost == Value(Fraction(46_500))
    total = head_of.directions_total
    assert total is not None
    assert total.cost == Value(Fraction(47_500))
    assert total.romi == Value(Fraction(2_500 - 47_500, 47_500))
    assert "Outside the directions" in text_of(opened, PAGE)


@pytest.mark.usefixtures("october")
def test_the_report_costs_the_same_however_full_the_register_is(
    tree: Tree, head: User, opened: Client
) -> None:
    def queries() -> int:
        opened.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            assert opened.get(PAGE).status_code == 200
        return len(captured)

    few = queries()
    more = make_source(head, tree.department.scope, "Second")
    codes = ("sessions", "orders", "revenue", "media_cost")
    fill(more, {code: daily(3, "01.09.2025", "22.11.2026") for code in codes}, subjects=3)
    assert queries() == few
    assert few <= 60
    close(head, tree)
    assert queries() <= 20


@pytest.mark.usefixtures("october")
def test_the_page_is_russian_for_a_russian_reader(
    tree: Tree, head: User, director: User, client_of: ClientOf
) -> None:
    close(head, tree)
    director.language = "ru"
    director.save()
    text = text_of(client_of(director), PAGE).replace("\u00a0", " ")
    assert "Выручка" in text
    assert "310 000 ₽" in text
    with translation.override("ru"):
        assert (
            next(line.title for line in sheet_of(tree).lines if line.code == "orders") == "Заказы"
        )
