"""The library as it comes: complete, sound, and careful with what people decided."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.utils import timezone

from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.syntax import kpi_codes, metric_codes
from kpis.indicators.engine.units import PLAIN, Dimension, UnitKind, dimension_of, unit_kind
from kpis.indicators.library import DEFINITIONS, library_install
from kpis.indicators.library.base import Definition
from kpis.indicators.models import Kpi, KpiVersion
from kpis.indicators.selectors.definitions import book
from kpis.register.models import Metric
from kpis.register.vocabulary import WORDS
from staff.accounts.models import User

BY_CODE = {item.code: item for item in DEFINITIONS}
NUMBERS = [
    *(f"D{number:02}" for number in range(1, 26)),
    *(f"A{number:02}" for number in range(1, 18)),
    *(f"B{number:02}" for number in range(1, 15)),
    *(f"C{number:02}" for number in range(1, 16)),
    *(f"E-{number:02}" for number in range(1, 9)),
    *(f"P-{number:02}" for number in range(1, 6)),
    *(f"F-{number:02}" for number in range(1, 6)),
]
OF_EVERY_PART = {UnitKind.SHARE, UnitKind.TIMES, UnitKind.POINTS, UnitKind.OTHER}
each = pytest.mark.parametrize("item", DEFINITIONS, ids=lambda item: item.code)


def units() -> dict[str, str]:
    return {word.code: word.unit.value for word in WORDS}


def dimension(code: str, path: tuple[str, ...] = ()) -> Dimension:
    """The dimension of a definition through every KPI it refers to."""
    assert code not in path, f"a cycle: {path}"
    node = parse(BY_CODE[code].formula)
    others = {other: dimension(other, (*path, code)) for other in kpi_codes(node)}
    return dimension_of(node, units(), others)


def test_every_row_of_the_library_is_there_once() -> None:
    found = Counter(item.number for item in DEFINITIONS if item.number)
    assert sorted(found) == sorted(NUMBERS)
    assert set(found.values()) == {1}
    assert len(BY_CODE) == len(DEFINITIONS)


@each
def test_a_formula_uses_known_words_and_has_the_unit_it_says(item: Definition) -> None:
    node = parse(item.formula)
    assert set(metric_codes(node)) <= set(units())
    assert set(kpi_codes(node)) <= set(BY_CODE)
    found, said = dimension(item.code), UnitKind(item.unit.value)
    if found == PLAIN:
        assert said in OF_EVERY_PART
    else:
        assert unit_kind(found) is said


@each
def test_a_kpi_explains_itself_in_both_languages(item: Definition) -> None:
    for text in (item.meaning, item.source, item.limits, item.mistakes, item.benchmark):
        assert set(text) == {"ru", "en"}
        assert re.search("[а-яё]", text["ru"]) or text is item.benchmark
        assert not re.search("[а-яё]", text["en"])
        assert all(words.endswith(".") for words in text.values())
    for text in (item.meaning, item.source, item.limits, item.mistakes):
        assert all(len(words) > 20 for words in text.values())
    assert all(item.name.values())


@each
def test_a_span_of_days_and_a_share_of_cases_are_what_the_engine_takes(item: Definition) -> None:
    assert (item.span is Kpi.Span.TRAILING) == (item.span_days is not None)
    if item.is_proportion:
        assert "/" in item.formula
        assert item.unit == Kpi.Unit.SHARE
    if item.min_sample:
        assert item.is_proportion  # a least sample is looked at for shares of cases only


def test_the_words_of_the_vocabulary_differ() -> None:
    for field in ("code", "ru", "en"):
        found = Counter(getattr(word, field) for word in WORDS)
        assert [name for name, count in found.items() if count > 1] == []


def test_what_is_booked_on_some_days_counts_as_none_on_the_others() -> None:
    zero = {word.code for word in WORDS if word.missing == Metric.Missing.ZERO}
    assert {"production_cost", "service_cost", "staff_cost", "refunds"} <= zero
    assert not {"revenue", "orders", "media_cost", "gross_margin", "leads", "complaints"} & zero


@pytest.mark.django_db
def test_no_kpi_of_the_installed_library_leads_back_to_itself() -> None:
    known = book()
    for code, item in known.kpis.items():
        month = item.versions[0].valid_from
        assert known.cycle(code, parse(item.versions[0].formula), month) == ()
        assert set(kpi_codes(item.in_month(month).node)) <= set(item.in_month(month).kpis)


@pytest.mark.django_db
def test_the_dashboard_begins_with_the_layout_of_the_report() -> None:
    main = set(Kpi.objects.filter(is_main=True).values_list("code", flat=True))
    assert main == {
        "sessions", "orders", "revenue", "conversion", "average_order", "cost_per_order",
        "romi", "full_cac", "ad_cost_ratio", "budget_execution",
        "new_customers", "retention", "nps", "card_revenue_share",
        "tasks_on_time", "placement_control", "unknown_source", "missed_calls",
    }  # fmt: skip


@pytest.mark.django_db
def test_installing_again_changes_nothing() -> None:
    before = list(Kpi.objects.values()), list(KpiVersion.objects.values())
    assert library_install() == len(DEFINITIONS) == Kpi.objects.count()
    assert (list(Kpi.objects.values()), list(KpiVersion.objects.values())) == before


@pytest.mark.django_db
def test_installing_again_keeps_what_people_decided(head: User) -> None:
    KpiVersion.objects.filter(kpi__code="orders").update(formula="orders * 1")
    decided = {
        "is_main": False,
        "owner": head,
        "green_from": Decimal("0.95"),
        "base": Decimal("-2"),
        "min_sample": 50,
        "archived_at": timezone.now(),
    }
    Kpi.objects.filter(code="romi").update(**decided, name_ru="Старое имя", number="")
    library_install()
    romi = Kpi.objects.get(code="romi")
    assert {name: getattr(romi, name) for name in decided} == decided
    assert (romi.name_ru, romi.number) == ("ROMI по марже", "D01")
    assert KpiVersion.objects.get(kpi__code="orders").formula == "orders * 1"


@pytest.mark.django_db
def test_an_own_kpi_under_our_code_is_left_alone() -> None:
    Kpi.objects.filter(code="nps").update(is_own=True, name_ru="Свой NPS", is_main=False)
    library_install()
    nps = Kpi.objects.get(code="nps")
    assert (nps.name_ru, nps.is_main) == ("Свой NPS", False)


@pytest.mark.django_db
def test_a_dashboard_from_before_the_choice_is_not_left_empty() -> None:
    Kpi.objects.update(is_main=False)
    library_install()
    assert Kpi.objects.filter(is_main=True).count() == 18
