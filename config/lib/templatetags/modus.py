"""Template words of the product: figures, ages, icons, small charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.lib import money as figures
from config.lib import svg
from config.lib.ages import ago_text
from config.lib.text import pick

register = template.Library()


def _given(value: Any) -> Any:
    """A name the template does not know arrives as ""; that is "not given", not a value."""
    return None if value == "" else value


@register.filter
def number(value: figures.Figure | None, places: int | None = None) -> str:
    return figures.number(value, places)


@register.filter
def money(value: figures.Figure | None, currency: str = "RUB") -> str:
    return figures.money(value, currency)


@register.filter
def percent(ratio: figures.Figure | None, places: int = 1) -> str:
    """A ratio as percent: 0.624 → 62,4 %."""
    return figures.percent(ratio, places)


@register.filter
def signed(value: figures.Figure | None, places: int | None = None) -> str:
    return figures.signed(value, places)


@register.filter
def compact(value: figures.Figure | None, currency: str = "") -> str:
    return figures.compact(value, currency)


@register.filter
def localized(texts: Mapping[str, str] | None) -> str:
    """The text of a stored pair in the reader's language."""
    return pick(texts)


@register.filter
def ago(at: dt.datetime | None) -> str:
    """``12 minutes ago``; "never" for nothing."""
    return ago_text(at)


@register.simple_tag
def age(at: dt.datetime | None, stale_minutes: int | None = None) -> SafeString:
    """How old a number is. Older than ``stale_minutes`` is said in a word and in amber."""
    if not at:
        return format_html('<span class="age age-stale">{}</span>', _("never"))
    stale_minutes = _given(stale_minutes)
    stale = stale_minutes is not None and timezone.now() - at > dt.timedelta(minutes=stale_minutes)
    local = timezone.localtime(at)
    return format_html(
        '<time class="age{}" datetime="{}" title="{}">{}{}</time>',
        " age-stale" if stale else "",
        local.isoformat(timespec="seconds"),
        date_format(local, "SHORT_DATETIME_FORMAT"),
        # Translators: a number or source that has not been refreshed in time, before its age
        _("stale") + ", " if stale else "",
        ago(at),
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler icon; decorative unless ``label`` says what it means."""
    if label:
        return format_html('<i class="ti ti-{}" role="img" aria-label="{}"></i>', name, label)
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def bullet(
    label: str,
    fact: Decimal | None,
    plan: Decimal | None = None,
    *,
    last_year: Decimal | None = None,
    forecast: Decimal | None = None,
    ranges: Sequence[Decimal] = (),
    lower_is_better: bool = False,
    words: str = "",
) -> SafeString:
    """A bullet graph; see `config.lib.svg.Bullet`."""
    graph = svg.Bullet(
        label,
        _given(fact),
        _given(plan),
        _given(last_year),
        _given(forecast),
        tuple(ranges),
        lower_is_better,
        words,
    )
    return svg.bullet(graph)


@register.simple_tag
def sparkline(
    points: Sequence[Decimal | None], label: str, words: str = "", band: Any = None
) -> SafeString:
    return svg.sparkline(points, label=label, words=words, band=_given(band))


@register.simple_tag
def cell_link(row: Any, cell: Any, first: bool) -> Any:
    """The first cell of a row that leads somewhere becomes the link; a cell with a link stays."""
    href = row.attrs.get("data-href")
    if not first or not href or "<a " in str(cell):
        return cell
    return format_html('<a class="row-link" href="{}">{}</a>', href, cell)
