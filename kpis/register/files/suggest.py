"""A first mapping guessed from column names and kinds; a person confirms it."""

from collections.abc import Iterable, Sequence

from . import headers
from .headers import METRIC_OF, normal
from .mapping import Mapping, Target
from .shapes import Cell, ColumnShape, FileShape

_DATES = ("date", "datetime")
_NUMBERS = ("integer", "number")


def suggest(
    shape: FileShape,
    sample: Iterable[Sequence[Cell]] = (),
    *,
    target: Target | None = None,
    time_zone: str = "UTC",
) -> Mapping:
    """The likely mapping for the file.

    Number columns with an unknown name are left with no metric for the person to choose. An order
    number that repeats in the `sample` (data rows) means lines of orders: they are summed.
    """
    columns = shape.columns
    day = _named(columns, headers.DATE, _DATES) or _first(columns, _DATES)
    customer = _named(columns, headers.CUSTOMER)
    amount = _named(columns, headers.AMOUNT, _NUMBERS)
    if target is None:
        target = "orders" if customer and amount else "results"
    if target == "orders":
        order_id = _named(columns, headers.ORDER_ID)
        return Mapping(
            target="orders",
            date=day,
            customer=customer,
            order_id=order_id,
            units=_named(columns, headers.UNITS, _NUMBERS),
            amount=amount,
            currency=_named(columns, headers.CURRENCY),
            channel=_named(columns, headers.CHANNEL),
            promo=_named(columns, headers.PROMO),
            duplicates="sum" if order_id and _repeats(shape, sample, order_id) else "refuse",
            time_zone=time_zone,
        )
    subject = _named(columns, headers.SUBJECT)
    metric = _named(columns, headers.METRIC, ("text",))
    value = _named(columns, headers.VALUE, _NUMBERS)
    if metric and value:
        return Mapping(
            target="results",
            date=day,
            metric=metric,
            value=value,
            subject=subject,
            time_zone=time_zone,
        )
    taken = {day, subject}
    metrics = tuple(
        (column.name, METRIC_OF.get(normal(column.name), ""))
        for column in columns
        if column.kind in _NUMBERS and column.name not in taken and not _is_key(column)
    )
    return Mapping(
        target="results",
        date=day,
        metrics=_once(metrics),
        subject=subject,
        time_zone=time_zone,
    )


def _named(
    columns: Sequence[ColumnShape], names: frozenset[str], kinds: Sequence[str] | None = None
) -> str:
    for column in columns:
        if normal(column.name) in names and (kinds is None or column.kind in kinds):
            return column.name
    return ""


def _first(columns: Sequence[ColumnShape], kinds: Sequence[str]) -> str:
    return next((column.name for column in columns if column.kind in kinds), "")


def _is_key(column: ColumnShape) -> bool:
    """Identifiers are numbers that are never added up."""
    name = normal(column.name)
    return name in {"id", "№"} or name.endswith("_id") or name in headers.CUSTOMER


def _once(metrics: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """A metric is suggested for its first column only: two would be counted double."""
    seen: set[str] = set()
    pairs: list[tuple[str, str]] = []
    for column, code in metrics:
        pairs.append((column, "" if code in seen else code))
        if code:
            seen.add(code)
    return tuple(pairs)


def _repeats(shape: FileShape, sample: Iterable[Sequence[Cell]], name: str) -> bool:
    """Whether the sample shows the same order number twice."""
    place = shape.names.index(name)
    values = [row[place] for row in sample if place < len(row)]
    return len(set(values)) < len(values)
