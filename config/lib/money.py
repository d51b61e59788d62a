"""How figures are written: grouped by locale, a true minus, "—" for what is missing.

Everything takes Decimal or int and returns text. Spaces inside a figure do not break.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils import translation
from django.utils.formats import number_format

NBSP = "\u00a0"
MINUS = "\u2212"
MISSING = "—"
Figure = Decimal | int

CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥", "KZT": "₸", "BYN": "Br"}
_STEPS = (
    (Decimal(10) ** 9, {"ru": "млрд", "en": "B"}),
    (Decimal(10) ** 6, {"ru": "млн", "en": "M"}),
    (Decimal(10) ** 3, {"ru": "тыс.", "en": "K"}),
)


def _language() -> str:
    return "ru" if (translation.get_language() or "ru").startswith("ru") else "en"


def rounded(value: Figure, places: int) -> Decimal:
    """Half away from zero, as accountants do."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: Figure | None, places: int | None = None) -> str:
    """``1 234 567,89``. Without ``places``: the digits the value has, at most two."""
    if value is None:
        return MISSING
    exact = rounded(value, 2 if places is None else places)
    if places is None:
        exact = exact.normalize() + Decimal(0)
        if exact == exact.to_integral_value():
            exact = exact.quantize(Decimal(1))
    text = number_format(exact.copy_abs(), use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if exact < 0 else text


def money(value: Figure | None, currency: str = "RUB", places: int | None = None) -> str:
    """``1 234 567,89 ₽``; kopecks are left out when there are none, unless ``places`` asks."""
    if value is None:
        return MISSING
    if places is None:
        places = 0 if Decimal(value) == Decimal(value).to_integral_value() else 2
    return f"{number(value, places)}{NBSP}{CURRENCY_SIGNS.get(currency, currency)}"


def percent(ratio: Figure | None, places: int = 1) -> str:
    """A ratio as percent: ``Decimal("0.624")`` → ``62,4 %``."""
    if ratio is None:
        return MISSING
    gap = NBSP if _language() == "ru" else ""
    return f"{number(Decimal(ratio) * 100, places)}{gap}%"


def signed(value: Figure | None, places: int | None = None) -> str:
    """A variance with its sign: ``+1 234``, ``−56,7``, ``0``."""
    if value is None:
        return MISSING
    text = number(value, places)
    shown_zero = not any(sign in "123456789" for sign in text)
    if shown_zero:
        return text.removeprefix(MINUS)
    return text if value < 0 else f"+{text}"


def compact(value: Figure | None, currency: str = "") -> str:
    """For narrow places: ``1,2 млн``, ``35,4 тыс.``; the exact figure belongs into the tooltip."""
    if value is None:
        return MISSING
    sign = f"{NBSP}{CURRENCY_SIGNS.get(currency, currency)}" if currency else ""
    for step, names in _STEPS:
        if abs(Decimal(value)) >= step:
            scaled = rounded(Decimal(value) / step, 1)
            places = 0 if abs(scaled) >= 100 else 1
            gap = NBSP if _language() == "ru" else ""
            return f"{number(scaled, places)}{gap}{names[_language()]}{sign}"
    return f"{number(value)}{sign}"
