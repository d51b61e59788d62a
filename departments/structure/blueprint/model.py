"""The shapes of the ideal model's rows.

The blueprint is data in two languages, not translated messages: a department keeps the customer's
own Russian wording whatever happens to the message catalogue.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import time
from enum import StrEnum
from typing import Final, Literal

from departments.structure.blueprint.rhythm import Frequency, Rhythm

DirectionCode = Literal["A", "B", "C"]


class Kind(StrEnum):
    TASK = "task"
    UNIT = "unit"
    TOOL = "tool"
    ACCOUNTING = "accounting"
    STAFF = "staff"
    OPERATION = "operation"
    GOAL = "goal"
    REQUIREMENT = "requirement"
    WORKFORCE = "workforce"
    LADDER = "ladder"
    FUND = "fund"
    SUBORDINATION = "subordination"
    EFFECTIVENESS = "effectiveness"


class FundType(StrEnum):
    """A fund of its own, an expense line inside a fund, or a pot the fund is split into."""

    FUND = "fund"
    LINE = "line"
    POT = "pot"


_DIRECTION_KINDS: Final = {
    "T": Kind.TASK,
    "U": Kind.UNIT,
    "I": Kind.TOOL,
    "R": Kind.ACCOUNTING,
    "S": Kind.STAFF,
    "O": Kind.OPERATION,
}
KIND_BY_SECTION: Final = {
    **{f"{part}.{letter}": kind for part in "ABC" for letter, kind in _DIRECTION_KINDS.items()},
    "H.G": Kind.GOAL,
    "H.Q": Kind.REQUIREMENT,
    "H.W": Kind.WORKFORCE,
    "H.L": Kind.LADDER,
    "H.F": Kind.FUND,
    "H.S": Kind.SUBORDINATION,
    "E.": Kind.EFFECTIVENESS,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One coded row of the ideal model.

    ``code`` is part, section letter and number (``A.O8``, ``H.F2``, ``E.1``). ``ru`` and ``en``
    are the row's name, ``works_*`` say what the product does for it, ``note_*`` add what the name
    leaves out and may be empty.
    """

    code: str
    _: KW_ONLY
    ru: str
    en: str
    works_ru: str
    works_en: str
    note_ru: str = ""
    note_en: str = ""

    @property
    def section(self) -> str:
        """The code without its number: ``A.O`` of ``A.O12``."""
        return self.code.rstrip("0123456789")

    @property
    def number(self) -> int:
        """The place inside the section, from 1."""
        return int(self.code.removeprefix(self.section))

    @property
    def kind(self) -> Kind:
        return KIND_BY_SECTION[self.section]

    @property
    def direction(self) -> DirectionCode | None:
        """The direction the row belongs to; None for the head's rows and effectiveness."""
        return direction_of(self.code)

    def title(self, language: str) -> str:
        """The name in Russian for a Russian language code (``ru``, ``ru-ru``), else in English."""
        return _in(language, self.ru, self.en)

    def works(self, language: str) -> str:
        return _in(language, self.works_ru, self.works_en)

    def note(self, language: str) -> str:
        return _in(language, self.note_ru, self.note_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow(Row):
    """A position of the minimal staff.

    ``unit_codes`` are the units it works in, its own unit first; ``role`` is the access role an
    employee appointed to it receives.
    """

    unit_codes: tuple[str, ...]
    role: Literal["specialist"] = "specialist"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow(Row):
    """An operational task with the schedule a new department starts from.

    ``staff_code`` does it in unit ``unit_code``. ``minutes`` is the expected effort of one
    occurrence, ``due_time`` the local time of the due day. ``evidence_required`` means that it
    cannot be finished without a link or a file. ``checklist_*`` say what a good result is.
    ``trigger_*`` name the event of an on-event rhythm and are empty for all others.
    """

    staff_code: str
    unit_code: str
    rhythm: Rhythm
    minutes: int
    due_time: time
    evidence_required: bool
    checklist_ru: str
    checklist_en: str
    trigger_ru: str = ""
    trigger_en: str = ""

    def __post_init__(self) -> None:
        by_event = self.rhythm.frequency is Frequency.ON_EVENT
        if by_event is not bool(self.trigger_ru and self.trigger_en):
            raise ValueError(f"{self.code}: a trigger goes with an on-event rhythm, and only there")

    def checklist(self, language: str) -> str:
        return _in(language, self.checklist_ru, self.checklist_en)

    def trigger(self, language: str) -> str:
        return _in(language, self.trigger_ru, self.trigger_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRow(Row):
    """A career step; ``order`` counts from 1, the lowest."""

    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundRow(Row):
    """A node of the default fund tree; ``parent_code`` is None at the top."""

    fund_type: FundType
    parent_code: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of sales that a direction influences."""

    code: Literal["choice", "evaluation"]
    ru: str
    en: str

    def title(self, language: str) -> str:
        return _in(language, self.ru, self.en)


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction of the department: its stages of sales, audience and units in order."""

    code: DirectionCode
    _: KW_ONLY
    ru: str
    en: str
    stages: tuple[Stage, ...]
    audience_ru: str
    audience_en: str
    unit_codes: tuple[str, ...]

    def title(self, language: str) -> str:
        return _in(language, self.ru, self.en)

    def audience(self, language: str) -> str:
        return _in(language, self.audience_ru, self.audience_en)


CHOICE: Final = Stage("choice", "Выбор", "Choice")
EVALUATION: Final = Stage("evaluation", "Оценка", "Evaluation")


def direction_of(code: str) -> DirectionCode | None:
    """The direction a row's code belongs to, by its first letter."""
    match code[:1]:
        case "A":
            return "A"
        case "B":
            return "B"
        case "C":
            return "C"
        case _:
            return None


def _in(language: str, ru: str, en: str) -> str:
    return ru if language.lower().startswith("ru") else en
