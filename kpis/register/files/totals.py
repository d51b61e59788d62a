"""Total rows: `Итого`, `Total`, or a row without a date that repeats the sum of the rows above."""

from collections.abc import Sequence
from typing import Final

from .shapes import Cell

_WORDS: Final = (
    "итого",
    "итог",
    "всего",
    "подытог",
    "промежуточный итог",
    "общий итог",
    "в среднем",
    "среднее",
    "grand total",
    "total",
    "totals",
    "subtotal",
    "sum",
    "average",
)


def total_label(cells: Sequence[Cell]) -> str:
    """The text that names the row a total (`Итого и средние`), "" when none does."""
    for cell in cells:
        if isinstance(cell, str) and cell:
            text = cell.strip()
            folded = text.casefold()
            for word in _WORDS:
                if folded.startswith(word) and not folded[len(word) : len(word) + 1].isalpha():
                    return text
    return ""
