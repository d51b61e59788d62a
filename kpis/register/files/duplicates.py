"""Rows of one file that have the same key, by the policy of the mapping."""

from collections.abc import Iterable, Iterator
from datetime import date

from .errors import RowError
from .mapping import Duplicates
from .rows import OrderRow, Parsed, ResultRow, Row, SkippedRow

Key = tuple[date, str, str] | str


def resolve(rows: Iterable[Parsed], policy: Duplicates) -> Iterator[Parsed]:
    """One row for each key; orders without an id have no key here and all pass.

    `refuse` streams and turns every repeat into an error that names the first row. `sum` and
    `keep_last` give errors and skipped rows at once and the rows at the end, in the order of
    their keys' first sight. Memory grows with the number of different keys.
    """
    return _refuse(rows) if policy == "refuse" else _merge(rows, policy)


def key_of(row: Row) -> Key:
    """What must be unique: day, metric and subject of a result; the id of an order, maybe ""."""
    if isinstance(row, ResultRow):
        return row.day, row.metric, row.subject
    return row.order_id


def _refuse(rows: Iterable[Parsed]) -> Iterator[Parsed]:
    seen: dict[Key, int] = {}
    for row in rows:
        if isinstance(row, ResultRow | OrderRow):
            key = key_of(row)
            first = seen.setdefault(key, row.number) if key else row.number
            if first != row.number:
                yield RowError(row.number, "", _text(key), "duplicate", {"first": first})
                continue
        yield row


def _merge(rows: Iterable[Parsed], policy: Duplicates) -> Iterator[Parsed]:
    kept: dict[Key, Row] = {}
    for row in rows:
        if isinstance(row, RowError | SkippedRow):
            yield row
            continue
        key = key_of(row)
        if not key:
            yield row
            continue
        before = kept.get(key)
        kept[key] = row if before is None or policy == "keep_last" else _sum(before, row)
    yield from kept.values()


def _sum(first: Row, second: Row) -> Row:
    if isinstance(first, ResultRow) and isinstance(second, ResultRow):
        return first._replace(value=first.value + second.value)
    if isinstance(first, OrderRow) and isinstance(second, OrderRow):
        amount = first.amount + second.amount
        if first.units is None or second.units is None:
            return first._replace(amount=amount, units=None)
        return first._replace(amount=amount, units=first.units + second.units)
    raise TypeError("results and orders do not mix in one file")


def _text(key: Key) -> str:
    if isinstance(key, str):
        return key
    day, metric, subject = key
    return " ".join(part for part in (day.isoformat(), metric, subject) if part)
