"""What the fields of a row mean: ``metric = field`` or ``metric = field * factor``, one a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.json_http.paths import ALL, Path, parse

_LINE = re.compile(r"([a-z_]+)\s*=\s*(.+?)(?:\s*\*\s*([^*\s]+))?", re.ASCII)
_FACTOR = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)


class ColumnError(ValueError):
    """A line that cannot be used; ``message`` is for the person."""

    def __init__(self, message: StrOrPromise) -> None:
        self.message = message
        super().__init__()


@dataclass(frozen=True, slots=True)
class Column:
    """A metric of the vocabulary, the field it is read from and what its figure is multiplied by
    to come to the vocabulary's unit (0.000001 for micros)."""

    metric: str
    path: Path
    name: str
    factor: Decimal = Decimal(1)


def columns_of(text: str) -> tuple[Column, ...]:
    """The columns of a text. Raises `ColumnError`."""
    found: dict[str, Column] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        column = _column(line)
        if column.metric in found:
            raise ColumnError(
                filled(_("The metric %(metric)s is there twice."), metric=column.metric)
            )
        found[column.metric] = column
    if not found:
        raise ColumnError(_("Name at least one metric and its field."))
    return tuple(found.values())


def _column(line: str) -> Column:
    told = _LINE.fullmatch(line)
    if not told:
        raise ColumnError(filled(_("This line is not “metric = field”: %(line)s"), line=line[:80]))
    metric, field, factor = told.groups()
    try:
        path = parse(field)
    except ValueError as error:
        raise ColumnError(filled(_("This is not a path: %(path)s"), path=field[:80])) from error
    if ALL in path or not path:
        raise ColumnError(filled(_("The path must lead to one value: %(path)s"), path=field[:80]))
    if factor and (not _FACTOR.fullmatch(factor) or not Decimal(factor)):
        raise ColumnError(
            filled(_("The factor is not a number above zero: %(factor)s"), factor=factor[:40])
        )
    return Column(metric, path, field, Decimal(factor) if factor else Decimal(1))
