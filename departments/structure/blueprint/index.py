"""Lookups over the whole ideal model, in the order of the customer's text."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from departments.structure.blueprint.model import (
    Direction,
    DirectionCode,
    FundRow,
    Kind,
    LadderRow,
    OperationRow,
    Row,
    StaffRow,
)
from departments.structure.blueprint.operations_a import OPERATIONS_A
from departments.structure.blueprint.operations_b import OPERATIONS_B
from departments.structure.blueprint.operations_c import OPERATIONS_C
from departments.structure.blueprint.rows_a import DIRECTION_A, ROWS_A
from departments.structure.blueprint.rows_b import DIRECTION_B, ROWS_B
from departments.structure.blueprint.rows_c import DIRECTION_C, ROWS_C
from departments.structure.blueprint.rows_effect import ROWS_EFFECT
from departments.structure.blueprint.rows_head import ROWS_HEAD


def _by_code(rows: Iterable[Row]) -> Mapping[str, Row]:
    by_code: dict[str, Row] = {}
    for each in rows:
        if each.code in by_code:
            raise ValueError(f"{each.code} is in the ideal model twice")
        by_code[each.code] = each
    return MappingProxyType(by_code)


BLUEPRINT: Final = _by_code(
    (
        *ROWS_A,
        *OPERATIONS_A,
        *ROWS_B,
        *OPERATIONS_B,
        *ROWS_C,
        *OPERATIONS_C,
        *ROWS_HEAD,
        *ROWS_EFFECT,
    )
)
DIRECTIONS: Final = (DIRECTION_A, DIRECTION_B, DIRECTION_C)
POSITIONS: Final = tuple(each for each in BLUEPRINT.values() if isinstance(each, StaffRow))
UNITS: Final = tuple(each for each in BLUEPRINT.values() if each.kind is Kind.UNIT)
LADDER: Final = tuple(each for each in BLUEPRINT.values() if isinstance(each, LadderRow))
FUNDS: Final = tuple(each for each in BLUEPRINT.values() if isinstance(each, FundRow))


def rows(*, kind: Kind | None = None, direction: DirectionCode | None = None) -> tuple[Row, ...]:
    """All rows, or those of one kind and of one direction."""
    return tuple(
        each
        for each in BLUEPRINT.values()
        if (kind is None or each.kind is kind)
        and (direction is None or each.direction == direction)
    )


def row(code: str) -> Row:
    """The row with this code. Raises ``KeyError`` naming a code the ideal model has not."""
    try:
        return BLUEPRINT[code]
    except KeyError:
        raise KeyError(f"the ideal model has no row {code!r}") from None


def operation(code: str) -> OperationRow:
    """The operational task with this code. Raises ``KeyError`` for any other row's code."""
    found = row(code)
    if not isinstance(found, OperationRow):
        raise KeyError(f"{code!r} is not an operational task of the ideal model")
    return found


def operations(direction: str | None = None) -> tuple[OperationRow, ...]:
    """The operational tasks of one direction, or of all three.

    Raises ``KeyError`` for a direction the ideal model has not.
    """
    wanted = None if direction is None else _direction(direction).code
    return tuple(
        each
        for each in BLUEPRINT.values()
        if isinstance(each, OperationRow) and (wanted is None or each.direction == wanted)
    )


def directions() -> tuple[Direction, ...]:
    return DIRECTIONS


def direction(code: str) -> Direction:
    """Direction ``A``, ``B`` or ``C``. Raises ``KeyError`` for any other code."""
    return _direction(code)


def _direction(code: str) -> Direction:
    for each in DIRECTIONS:
        if each.code == code:
            return each
    raise KeyError(f"the ideal model has no direction {code!r}")
