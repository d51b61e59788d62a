"""No float on the way of a figure."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import pytest

from kpis.indicators.engine.values import Value, exact, floored, rounded

APP = Path(__file__).resolve().parents[2] / "kpis" / "indicators"
SOURCES = sorted(path for path in APP.rglob("*.py") if "migrations" not in path.parts)


def floats(tree: ast.AST) -> list[int]:
    """Lines with a float literal or a call of float()."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(APP)))
def test_no_code_of_kpis_uses_a_float(path: Path) -> None:
    assert floats(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_the_search_finds_a_float() -> None:
    assert floats(ast.parse("a = 0.5\nb = float(a)")) == [1, 2]


def test_a_value_is_a_number_or_a_reason() -> None:
    with pytest.raises(ValueError, match="a number or a reason"):
        Value()


def test_rounding_stays_exact_where_floats_do_not() -> None:
    tenths = sum((exact(1) / 10 for _ in range(3)), Fraction(0))
    assert tenths == Fraction(3, 10)
    assert str(rounded(Fraction(10**17) + Fraction(1, 3), 2)) == "100000000000000000.33"
    assert str(floored(Fraction(-1, 3), 1)) == "-0.4"
