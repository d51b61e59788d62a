"""Currencies as people write them in a column of their own."""

from typing import Final

_NAMES: Final = {
    **dict.fromkeys(
        ("₽", "руб", "руб.", "р", "р.", "рубль", "рубли", "рублей", "rur", "643"), "RUB"
    ),
    **dict.fromkeys(("$", "us$", "840"), "USD"),
    **dict.fromkeys(("€", "евро", "978"), "EUR"),
    "£": "GBP",
    "₸": "KZT",
    "¥": "CNY",
}


def currency_code(text: str) -> str:
    """The ISO code of what stands in the cell, "" for a blank one; an unknown word in capitals."""
    word = text.strip()
    return _NAMES.get(word.casefold(), word.upper())
