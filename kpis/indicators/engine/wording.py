"""A formula in words: the same tree with the metrics' names in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext as _

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

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


def in_words(node: Node, names: Mapping[str, str]) -> str:
    """``orders / sessions`` → «Заказы ÷ Визиты». A code without a name stays a code."""
    return _write(node, names, 0)


def _write(node: Node, names: Mapping[str, str], around: int) -> str:
    match node:
        case Number(number=number):
            return _plain(number)
        case MetricRef(code=code):
            return names.get(code, code)
        case KpiRef(code=code):
            return names.get(f"@{code}", f"@{code}")
        case Shifted(shift=shift, inner=inner, days=days):
            return f"{_write(inner, names, 3)} ({shift_words(shift, days)})"
        case Negative(inner=inner):
            return f"−{_write(inner, names, 3)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_write(item, names, 0) for item in arguments)})"
        case Operation(operator=operator, left=left, right=right):
            own = _STRENGTH[operator]
            # a − (b − c) needs its brackets, (a − b) − c does not
            text = f"{_write(left, names, own)} {_SIGNS[operator]} {_write(right, names, own + 1)}"
            return f"({text})" if own < around else text


def shift_words(shift: str, days: int) -> str:
    """Over which days a part of a formula is counted."""
    return {
        "year_ago": _("a year ago"),
        "previous": _("the period before"),
        "at_start": _("at the start"),
        "opening": _("first %(days)s days") % {"days": days},
        "closing": _("last %(days)s days") % {"days": days},
    }[shift]


def _plain(number: Fraction) -> str:
    """Constants are written in formulas with a finite number of digits, so this is exact."""
    if number.denominator == 1:
        return str(number.numerator)
    places = 1
    while (number * 10**places).denominator != 1:
        places += 1
    whole, rest = divmod(number * 10**places, 10**places)
    return f"{whole}.{rest.numerator:0{places}d}"
