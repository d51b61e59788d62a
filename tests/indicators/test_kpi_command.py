"""``manage.py kpi``: for people and for machines."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kpis.indicators.library import DEFINITIONS
from tests.factories import Tree

pytestmark = pytest.mark.usefixtures("morning")


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("kpi", *words, stdout=out)
    return out.getvalue()


def shape(*words: str) -> Any:
    return json.loads(said(*words, "--json"))


@pytest.mark.django_db
def test_the_library_comes_with_the_product() -> None:
    listed = {row["code"]: row["formula"] for row in shape("list")}
    assert len(listed) == len(DEFINITIONS)
    first = dict(list(listed.items())[:6])
    assert first == {
        "sessions": "sessions",
        "orders": "orders",
        "revenue": "revenue",
        "conversion": "orders / sessions",
        "average_order": "revenue / orders",
        "cost_per_order": "(media_cost + production_cost + service_cost) / orders",
    }
    assert "Conversion to order" in said("list")


@pytest.mark.usefixtures("filled")
def test_a_value_comes_with_its_parts_and_as_text() -> None:
    value = shape("value", "average_order", "--month", "2026-11")
    assert value["period"] == {
        "grain": "month",
        "name": "2026-11",
        "from": "2026-11-01",
        "to": "2026-11-30",
    }
    assert value["fact"]["value"] == "2000"
    assert value["fact"]["parts"] == [
        {
            "metric": metric,
            "days": 22,
            "value": value,
            "reason": None,
            "from": "2026-11-01",
            "to": "2026-11-22",
            "shifts": [],
            "bounds": None,
        }
        for metric, value in (("revenue", "220000"), ("orders", "110"))
    ]
    assert (value["as_of"], value["fact"]["to"]) == ("2026-11-22", "2026-11-22")
    assert value["plan"] == {"value": None, "reason": "no_plan"}
    assert "2,000.00\u00a0₽" in said("value", "average_order")


@pytest.mark.usefixtures("filled")
def test_an_endless_fraction_is_cut_at_six_digits() -> None:
    assert shape("value", "conversion", "--month", "2026-10")["fact"]["value"] == "0.025"
    assert shape("value", "conversion", "--month", "2026-11")["fact"]["value"] == "0.02"


def test_a_month_without_data_gives_the_reason(tree: Tree) -> None:
    value = shape("value", "orders", "--month", "2024-01")
    assert (value["fact"]["value"], value["fact"]["reason"]) == (None, "no_data")


def test_an_unknown_code_is_refused(tree: Tree) -> None:
    with pytest.raises(CommandError, match="no KPI with this code"):
        said("value", "sesions")


def test_several_departments_ask_for_one(
    tree: Tree, other_tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="several departments"):
        said("value", "orders")
    uid = str(other_tree.department.uid)
    assert shape("value", "orders", "--department", uid)["scope"]["company"] == "Beta"


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("--from 2026-10-05 --to 2026-10-11", "2026-W41", "35"),
        ("--from 2026-10-05 --to 2026-10-12", "2026-10-05/2026-10-12", "40"),
        ("--from 2026-05-15 --grain quarter", "2026-Q2", "455"),
        ("--from 2026-11-22 --grain day", "2026-11-22", "5"),
        ("--grain year", "2026", "1630"),
    ],
)
def test_any_period_can_be_asked_for(words: str, name: str, value: str) -> None:
    found = shape("value", "orders", *words.split())
    assert (found["period"]["name"], found["fact"]["value"]) == (name, value)


@pytest.mark.usefixtures("filled")
def test_a_direction_has_figures_of_its_own() -> None:
    found = shape("value", "orders", "--scope", "A", "--month", "2026-10")
    assert (found["scope"]["kind"], found["scope"]["name"]) == ("direction", "A")
    assert found["fact"]["reason"] == "no_data"


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        ("--from 2026-10-05 --to 2026-10-01", "invalid", "to"),
        ("--from 2026-10-05 --to 2026-10-06 --grain week", "invalid", "grain"),
        ("--to 2026-10-06", "invalid", "from"),
        ("--scope Sales", "not_found", "scope"),
    ],
)
def test_a_refusal_is_json_with_its_field_and_exit_code_1(
    tree: Tree, words: str, code: str, field: str
) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("kpi", "value", "orders", "--json", *words.split(), stdout=out)
    error = json.loads(out.getvalue())["error"]
    assert (stop.value.code, error["code"], set(error["fields"])) == (1, code, {field})


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("--from 2026-10-05 --to 2026-10-01", "--to: The end lies before the beginning"),
        ("--month 2026-10 --grain day", "--month is a whole month"),
        ("--month 2026-13", "a month is written as 2026-11"),
        ("--from yesterday", "a day is written as 2026-11-30"),
        ("--grain decade", "invalid choice"),
    ],
)
def test_a_person_reads_the_refusal_in_words(tree: Tree, words: str, text: str) -> None:
    with pytest.raises(CommandError, match=text):
        said("value", "orders", *words.split())
