"""Text of a formula → tree. Metrics of the vocabulary, other KPIs (``@code``), numbers,
``+ - * / ( )``, nullif, min, max, and the same over other days (year_ago, previous, at_start,
opening, closing).

A formula over metrics is all there is: each metric is added up over the asked period first, the
formula is applied once, last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from kpis.indicators.engine.syntax import (
    Call,
    Function,
    KpiRef,
    MetricRef,
    Negative,
    Node,
    Number,
    Operation,
    Operator,
    Shift,
    Shifted,
)

MAX_LENGTH = 500
MAX_DEPTH = 30
SHIFTS: Mapping[str, int] = {
    "year_ago": 1, "previous": 1, "at_start": 1, "opening": 2, "closing": 2,
}  # fmt: skip
FUNCTIONS: Mapping[str, tuple[int, int]] = {"nullif": (2, 2), "min": (2, 9), "max": (2, 9)}
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<kpi>@[a-z][a-z0-9_-]*)"
    r"|(?P<sign>[-+*/(),])|(?P<sum>Σ)"
)
# What a person types from a text: the same signs in print.
_LOOKALIKES = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", ":": "/"})


class FormulaError(Invalid):
    """The formula cannot be read. ``at`` is the place in the text, from 0."""

    code = "formula"

    def __init__(self, message: str, at: int) -> None:
        self.at = at
        super().__init__(message, fields={"formula": message})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, name, kpi, sign, end
    text: str
    at: int


def parse(text: str) -> Node:
    """The tree of ``text``. Raises `FormulaError` with the place and what is wrong, in words."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(_say(_("The formula is longer than %(max)s signs."), max=MAX_LENGTH), 0)
    return _Parser(_tokens(text)).whole()


def _say(template: object, **values: object) -> str:
    return str(template) % values


def _tokens(text: str) -> list[_Token]:
    text = text.translate(_LOOKALIKES)
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaError(
                _say(
                    _("Position %(at)s: “%(sign)s” has no meaning in a formula."),
                    at=at + 1,
                    sign=text[at],
                ),
                at,
            )
        kind = match.lastgroup or ""
        if kind not in {"space", "sum"}:  # Σ before a metric says what happens anyway
            found.append(_Token(kind, match.group(), at))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """Recursive descent: sums of products of signed factors."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.index]

    def take(self) -> _Token:
        token = self.token
        self.index += 1
        return token

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise FormulaError(str(_("The formula is empty.")), 0)
        node = self.sum()
        if self.token.kind != "end":
            self.refuse(_("Position %(at)s: “%(sign)s” is not expected here."))
        return node

    def sum(self) -> Node:
        node = self.product()
        while self.token.text in {"+", "-"}:
            sign = self.take()
            node = Operation(cast("Operator", sign.text), node, self.product(), sign.at)
        return node

    def product(self) -> Node:
        node = self.factor()
        while self.token.text in {"*", "/"}:
            sign = self.take()
            node = Operation(cast("Operator", sign.text), node, self.factor(), sign.at)
        return node

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(_("Position %(at)s: too many brackets inside each other."))
        node = self.atom()
        self.depth -= 1
        return node

    def atom(self) -> Node:
        token = self.take() if self.token.kind != "end" else self.token
        if token.kind == "number":
            return Number(Fraction(token.text), token.at)
        if token.kind == "name":
            return self.call(token) if self.token.text == "(" else MetricRef(token.text, token.at)
        if token.kind == "kpi":
            return KpiRef(token.text[1:], token.at)
        if token.text == "-":
            return Negative(self.factor(), token.at)
        if token.text == "(":
            node = self.sum()
            self.expect(")")
            return node
        if token.kind == "end":
            raise FormulaError(str(_("The formula ends too early.")), token.at)
        self.index -= 1
        return self.refuse(_("Position %(at)s: “%(sign)s” is not expected here."))

    def call(self, name: _Token) -> Node:
        if name.text in SHIFTS:
            return self.shifted(name)
        if name.text not in FUNCTIONS:
            raise FormulaError(
                _say(
                    _("Position %(at)s: no function “%(name)s”; there are %(known)s."),
                    at=name.at + 1,
                    name=name.text,
                    known=", ".join((*FUNCTIONS, *SHIFTS)),
                ),
                name.at,
            )
        self.take()
        arguments = [self.sum()]
        while self.token.text == ",":
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        least, most = FUNCTIONS[name.text]
        if not least <= len(arguments) <= most:
            raise FormulaError(
                _say(
                    _("Position %(at)s: %(name)s takes %(least)s to %(most)s values."),
                    at=name.at + 1,
                    name=name.text,
                    least=least,
                    most=most,
                ),
                name.at,
            )
        return Call(cast("Function", name.text), tuple(arguments), name.at)

    def shifted(self, name: _Token) -> Node:
        """``year_ago(x)``, ``closing(7, x)``."""
        self.take()
        days = 0
        if SHIFTS[name.text] == 2:
            count = self.token
            if (
                count.kind != "number"
                or not count.text.isdigit()
                or not 1 <= int(count.text) <= 400
            ):
                self.refuse(_("Position %(at)s: a whole number of days, 1 to 400, is expected."))
            days = int(self.take().text)
            self.expect(",")
        inner = self.sum()
        self.expect(")")
        return Shifted(cast("Shift", name.text), inner, name.at, days)

    def expect(self, sign: str) -> None:
        if self.token.text != sign:
            raise FormulaError(
                _say(_("Position %(at)s: “%(sign)s” is missing."), at=self.token.at + 1, sign=sign),
                self.token.at,
            )
        self.take()

    def refuse(self, template: object) -> Node:
        token = self.token
        raise FormulaError(_say(template, at=token.at + 1, sign=token.text or "…"), token.at)
