"""Wording that many rows share."""

from typing import Final

POSITION_WORKS_RU: Final = "Должность в минимальном составе направления; видно, занята ли она и кем"
POSITION_WORKS_EN: Final = (
    "A position of the direction's minimal staff; shows whether it is filled and by whom"
)
