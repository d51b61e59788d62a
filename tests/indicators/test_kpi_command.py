"""``manage.py kpi``: for people and for machines."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.factories import Tree

pytestmark = pytest.mark.usefixtures("morning")


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("kpi", *words, stdout=out)
    return out.getvalue()


def shape(*words: str) -> Any:
    return json.loads(said(*words, "--json"))


@pytest.mark.django_db
def test_the_six_kpis_come_with_the_product() -> None:
    listed = {row["code"]: row["formula"] for row in shape("list")}
    assert listed == {
        "sessions": "sessions",
        "orders": "orders",
        "revenue": "revenue",
        "conversion": "orders / sessions",
        "average_order": "revenue / orders",
        "cost_per_order": "media_cost / orders",
    }
    assert "Conversion to order" in said("list")


@pytest.mark.usefixtures("filled")
def test_a_value_comes_with_its_parts_and_as_text() -> None:
    value = shape("value", "average_order", "--month", "2026-11")
    assert value["fact"]["value"] == "2000"
    assert value["fact"]["parts"] == [
        {"metric": "revenue", "days": 22, "value": "220000", "reason": None},
        {"metric": "orders", "days": 22, "value": "110", "reason": None},
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
    assert shape("value", "orders", "--department", uid)["department"] == "Marketing"
