"""The ideal model of a marketing department as immutable data in Russian and English.

A new department is created from it, and the model audit compares a real department with it row by
row. Row codes are permanent: departments keep them beside what they created.
"""

from departments.structure.blueprint.index import (
    BLUEPRINT,
    DIRECTIONS,
    FUNDS,
    LADDER,
    POSITIONS,
    UNITS,
    direction,
    directions,
    operation,
    operations,
    row,
    rows,
)
from departments.structure.blueprint.model import (
    Direction,
    DirectionCode,
    FundRow,
    FundType,
    Kind,
    LadderRow,
    OperationRow,
    Row,
    StaffRow,
    Stage,
)
from departments.structure.blueprint.rhythm import Frequency, Rhythm

__all__ = [
    "BLUEPRINT",
    "DIRECTIONS",
    "FUNDS",
    "LADDER",
    "POSITIONS",
    "UNITS",
    "Direction",
    "DirectionCode",
    "Frequency",
    "FundRow",
    "FundType",
    "Kind",
    "LadderRow",
    "OperationRow",
    "Rhythm",
    "Row",
    "StaffRow",
    "Stage",
    "direction",
    "directions",
    "operation",
    "operations",
    "row",
    "rows",
]
