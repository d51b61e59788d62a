"""Whether text in and on the brand's colours can be read (WCAG 2.2, contrast)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEXT = Decimal("4.5")  # AA for text
LARGE = Decimal(3)  # AA for large text, marks and borders
WHITE = "#ffffff"


@dataclass(frozen=True, slots=True)
class BrandCheck:
    """``foreground`` on ``background``: the ratio from 1 to 21 and what it is good for."""

    what: StrOrPromise
    foreground: str
    background: str
    ratio: Decimal
    verdict: StrOrPromise
    badge: str


def brand_checks(primary: str, accent: str) -> list[BrandCheck]:
    """Buttons and marks in both colours. Pages darken what fails here; print and letters do not."""
    return [
        _check(_("White text on the main colour"), WHITE, primary),
        _check(_("Main colour on white"), primary, WHITE),
        _check(_("White text on the accent colour"), WHITE, accent),
        _check(_("Accent colour on white"), accent, WHITE),
    ]


def _check(what: StrOrPromise, foreground: str, background: str) -> BrandCheck:
    ratio = contrast(foreground, background).quantize(Decimal("0.1"))
    if ratio >= TEXT:
        verdict, badge = _("good for any text"), "good"
    elif ratio >= LARGE:
        verdict, badge = _("only for large text and marks"), "warn"
    else:
        verdict, badge = _("cannot be read"), "bad"
    return BrandCheck(what, foreground, background, ratio, verdict, badge)


def contrast(one: str, other: str) -> Decimal:
    """The WCAG contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + Decimal("0.05")) / (low + Decimal("0.05"))


def _luminance(colour: str) -> Decimal:
    red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


def _linear(channel: int) -> Decimal:
    part = Decimal(channel) / 255
    if part <= Decimal("0.04045"):
        return part / Decimal("12.92")
    return ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
