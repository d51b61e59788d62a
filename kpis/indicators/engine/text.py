"""A parsed formula as the text it could have been written in: what is kept of a closed month."""

from __future__ import annotations

from fractions import Fraction

from kpis.indicators.engine.syntax import (
    Call,
    KpiRef,
    MetricRef,
    Negative,
    Node,
    Number,
    Operation,
    Shifted,
)

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_STRONGEST = 3


def formula_text(node: Node) -> str:
    """Parsed again it gives the same tree."""
    return _write(node, 0)


def _write(node: Node, around: int) -> str:
    match node:
        case Number(number=number):
            return _plain(number)
        case MetricRef(code=code):
            return code
        case KpiRef(code=code):
            return f"@{code}"
        case Shifted(shift=shift, inner=inner, days=days):
            count = f"{days}, " if days else ""
            return f"{shift}({count}{_write(inner, 0)})"
        case Negative(inner=inner):
            return f"-{_write(inner, _STRONGEST)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_write(item, 0) for item in arguments)})"
        case Operation(operator=operator, left=left, right=right):
            own = _STRENGTH[operator]
            # the right side of equal strength needs its brackets: a - (b - c)
            text = f"{_write(left, own)} {operator} {_write(right, own + 1)}"
            return f"({text})" if own < around else text


def _plain(number: Fraction) -> str:
    """Constants were written with a finite number of digits, so this is exact."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    whole, rest = divmod(int(number * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)
