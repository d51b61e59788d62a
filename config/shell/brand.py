"""The company's colours as a stylesheet, made from the two colours in its address alone.

So the sheet needs no database, may be cached for ever, and a changed colour is a new address.
Text and marks in the brand colour are darkened or lightened until they can be read (WCAG AA).
"""

from __future__ import annotations

import colorsys
import re
from decimal import Decimal

HEX = re.compile(r"^[0-9a-f]{6}$")
DEFAULT_PRIMARY = "0f766e"
DEFAULT_ACCENT = "b45309"
READABLE = Decimal("4.5")
LIGHT_SURFACE = "fafafa"
DARK_SURFACE = "262626"
Rgb = tuple[int, int, int]


def parse(colour: str | None, default: str) -> str:
    """Six lower-case hex digits, or ``default`` for anything else."""
    text = (colour or "").lstrip("#").lower()
    return text if HEX.match(text) else default


def rgb(colour: str) -> Rgb:
    return int(colour[0:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def luminance(colour: str) -> Decimal:
    """WCAG relative luminance, 0 to 1."""
    weights = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))
    total = Decimal(0)
    for weight, channel in zip(weights, rgb(colour), strict=True):
        part = Decimal(channel) / 255
        linear = part / Decimal("12.92")
        if part > Decimal("0.04045"):
            linear = ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        total += weight * linear
    return total


def contrast(one: str, other: str) -> Decimal:
    """WCAG contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + Decimal("0.05")) / (low + Decimal("0.05"))


def readable_on(colour: str, surface: str) -> str:
    """``colour``, moved towards black or white in small steps until it reads on ``surface``."""
    end = 0.0 if luminance(surface) > Decimal("0.4") else 1.0
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in rgb(colour)))
    while contrast(colour, surface) < READABLE and lightness != end:
        lightness = max(end, lightness - 0.02) if end == 0 else min(end, lightness + 0.02)
        red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
        colour = f"{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
    return colour


def text_on(colour: str) -> str:
    """White or near-black, whichever reads better on ``colour``."""
    return max(("ffffff", "171717"), key=lambda text: contrast(text, colour))


def stylesheet(primary: str, accent: str) -> str:
    """The variables of the light and the dark theme."""
    return "\n".join(
        (
            _theme(":root", primary, accent, LIGHT_SURFACE),
            _theme("[data-bs-theme=dark]", primary, accent, DARK_SURFACE),
        )
    )


def _theme(selector: str, primary: str, accent: str, surface: str) -> str:
    fill = readable_on(primary, surface)
    mark = readable_on(accent, surface)
    return (
        f"{selector}{{--tblr-primary:#{fill};--tblr-primary-rgb:{','.join(map(str, rgb(fill)))};"
        f"--tblr-primary-fg:#{text_on(fill)};--tblr-link-color:#{fill};"
        f"--tblr-link-color-rgb:{','.join(map(str, rgb(fill)))};"
        f"--tblr-link-hover-color:#{fill};--brand:#{primary};--brand-fg:#{text_on(primary)};"
        f"--accent:#{mark};--accent-fg:#{text_on(mark)}}}"
    )
