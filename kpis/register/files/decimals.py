"""Numbers as people write them: `1 234 567,89 ₽`, `1,234.5`, `-12`, `2584.0`. Never a float."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .errors import CellError
from .limits import LARGEST, MAX_NUMBER
from .shapes import Cell, DecimalSign

# No-break, thin and narrow spaces group thousands; typographic minus and dashes stand for minus.
_UNIFY: Final = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u200a\t", " "),
        **dict.fromkeys("\u2212\u2013\u2012\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2019\u02bc`", "'"),
    }
)
_CURRENCIES: Final = ("₽", "руб.", "руб", "р.", "rub", "rur", "$", "usd", "€", "eur", "£", "gbp")
_BLANK: Final = frozenset({"", "-", "–", "—"})
_NOT_FINITE: Final = frozenset({"nan", "inf", "infinity", "∞"})
_BODY: Final = re.compile(r"[0-9 '.,]*[0-9][0-9 '.,]*", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d+([.,]\d+)?e[+-]?\d+", re.ASCII)
_SIGNIFICANT: Final = ".15g"  # what a spreadsheet keeps and shows of a number


def is_blank(cell: Cell) -> bool:
    """Whether a cell says "no value": empty, spaces or a lone dash. Missing is not zero."""
    return cell is None or (isinstance(cell, str) and cell.strip() in _BLANK)


@dataclass(frozen=True, slots=True)
class NumberText:
    """A number taken apart: `sign` is the decimal sign that the text proves, if any."""

    value: Decimal
    sign: DecimalSign | None
    percent: bool


def parse_number(text: str, *, decimal: DecimalSign | None = None) -> NumberText:
    """Read one number.

    With `decimal` unknown, one separator before exactly three digits (`1,234`) proves nothing and
    is refused as ambiguous. Raises CellError: not_number, not_finite, scientific,
    number_too_long, number_ambiguous, spreadsheet_error.
    """
    body = text.strip()
    if len(body) > MAX_NUMBER:
        raise CellError("number_too_long" if _BODY.fullmatch(body) else "not_number")
    if body.isascii() and body.isdigit():
        return NumberText(Decimal(body), None, percent=False)
    body = body.translate(_UNIFY).strip()
    percent = body.endswith("%")
    negative, body = _unwrap(body[:-1].rstrip() if percent else body)
    if not _BODY.fullmatch(body):
        raise CellError(_why_not(body))
    whole, fraction, sign = _split(body, decimal)
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return NumberText(-value if negative else value, sign, percent)


def decimal_of(texts: Iterable[str]) -> DecimalSign | None:
    """The decimal sign that the texts of one column prove; None when unproved or contradictory."""
    found: set[DecimalSign] = set()
    for text in texts:
        try:
            number = parse_number(text)
        except CellError:
            continue
        if number.sign:
            found.add(number.sign)
    return found.pop() if len(found) == 1 else None


class NumberReader:
    """Reads the cells of one column; remembers what it has read, because figures repeat.

    `percent` allows `12,5 %`, read as 0.125.
    """

    _KEEP: Final = 100_000

    def __init__(self, *, decimal: DecimalSign | None, percent: bool = False) -> None:
        self._decimal = decimal
        self._percent = percent
        self._known: dict[str, Decimal | None] = {}

    def __call__(self, cell: Cell) -> Decimal | None:
        """The number in the cell, None where it is blank. Raises CellError."""
        if isinstance(cell, str):
            try:
                return self._known[cell]
            except KeyError:
                return self._remember(cell)
        if cell is None:
            return None
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            raise CellError("not_number")
        if isinstance(cell, float) and not math.isfinite(cell):
            raise CellError("not_finite")
        if abs(cell) >= LARGEST:
            raise CellError("number_too_long")
        if isinstance(cell, int):
            return Decimal(cell)
        return Decimal(format(cell, _SIGNIFICANT))

    def _remember(self, text: str) -> Decimal | None:
        if len(self._known) >= self._KEEP:
            self._known.clear()
        value: Decimal | None = None
        if not is_blank(text):
            number = parse_number(text, decimal=self._decimal)
            if number.percent and not self._percent:
                raise CellError("percent")
            value = number.value.scaleb(-2) if number.percent else number.value
            if abs(value) >= LARGEST:
                raise CellError("number_too_long")
        self._known[text] = value
        return value


def _unwrap(body: str) -> tuple[bool, str]:
    """Take off the sign and the currency, in either order: `-$5`, `$-5`, `5 руб.`."""
    negative = False
    signed = False
    folded = body.casefold()
    for currency in _CURRENCIES:
        if folded.endswith(currency):
            body = body[: -len(currency)].rstrip()
            break
    for _attempt in range(2):
        if not signed and body[:1] in {"-", "+"}:
            negative, signed = body[0] == "-", True
            body = body[1:].lstrip()
        folded = body.casefold()
        for currency in _CURRENCIES:
            if folded.startswith(currency):
                body = body[len(currency) :].lstrip()
                break
    return negative, body


def _why_not(body: str) -> str:
    folded = body.casefold()
    if folded in _NOT_FINITE:
        return "not_finite"
    if folded.startswith("#"):
        return "spreadsheet_error"
    return "scientific" if _SCIENTIFIC.fullmatch(folded) else "not_number"


def _split(body: str, decimal: DecimalSign | None) -> tuple[str, str, DecimalSign | None]:
    """Whole digits, fraction digits and the proved decimal sign."""
    last = max(body.rfind("."), body.rfind(","))
    if last < 0:
        return _whole(body, None), "", None
    here: DecimalSign = "." if body[last] == "." else ","
    other: DecimalSign = "," if here == "." else "."
    head, tail = body[:last], body[last + 1 :]
    if other in head:
        proved: DecimalSign | None = other if here in head else here
    elif here in head:
        proved = other
    elif len(tail) == 3 and 1 <= len(head) <= 3 and head[0] != "0":
        proved = None
    else:
        proved = here
    sign = decimal or proved
    if sign is None:
        raise CellError("number_ambiguous")
    if proved is not None and proved != sign:
        raise CellError("not_number")
    if sign == here and here not in head:
        if tail and not tail.isdigit():
            raise CellError("not_number")
        return _whole(head, other) or "0", tail, proved
    return _whole(body, here), "", proved


def _whole(body: str, separator: str | None) -> str:
    """Digits of the whole part; groups of thousands must be groups of three."""
    if body == "" or body.isdigit():
        return body
    for mark in (" ", "'", separator):
        groups = body.split(mark) if mark else [body]
        if len(groups) == 1:
            continue
        first, *rest = groups
        if 1 <= len(first) <= 3 and all(len(group) == 3 for group in rest):
            digits = "".join(groups)
            if digits.isdigit():
                return digits
        break
    raise CellError("not_number")
