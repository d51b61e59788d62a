"""The ideal model is complete, bilingual and fits together."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from departments.structure import blueprint
from departments.structure.blueprint import (
    BLUEPRINT,
    DIRECTIONS,
    FUNDS,
    LADDER,
    POSITIONS,
    UNITS,
    Frequency,
    FundType,
    Kind,
    OperationRow,
    Rhythm,
    Row,
)

CODES = """
A.T1 A.T2 A.T3
A.U1 A.U2 A.U3
A.I1 A.I2 A.I3 A.I4 A.I5
A.R1 A.R2 A.R3 A.R4
A.S1 A.S2 A.S3
A.O1 A.O2 A.O3 A.O4 A.O5 A.O6 A.O7 A.O8 A.O9 A.O10 A.O11 A.O12
B.T1 B.T2 B.T3
B.U1 B.U2 B.U3
B.I1 B.I2 B.I3 B.I4 B.I5
B.R1 B.R2
B.S1 B.S2 B.S3
B.O1 B.O2 B.O3 B.O4 B.O5 B.O6 B.O7 B.O8 B.O9 B.O10 B.O11
C.T1 C.T2 C.T3
C.U1 C.U2 C.U3
C.I1 C.I2 C.I3 C.I4 C.I5 C.I6 C.I7
C.R1 C.R2 C.R3 C.R4
C.S1 C.S2 C.S3
C.O1 C.O2 C.O3 C.O4 C.O5 C.O6 C.O7 C.O8 C.O9 C.O10 C.O11
H.G1 H.G2
H.Q1 H.Q2 H.Q3 H.Q4 H.Q5 H.Q6 H.Q7 H.Q8
H.W1 H.W2 H.W3 H.W4 H.W5 H.W6 H.W7
H.L1 H.L2 H.L3 H.L4 H.L5 H.L6
H.F1 H.F2 H.F3 H.F4 H.F5 H.F6
H.S1 H.S2
E.1 E.2 E.3
""".split()
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
WORKING_DAY_MINUTES = 480
OPERATIONS = blueprint.operations()


def texts(row: object, suffix: str) -> Iterator[tuple[str, str]]:
    assert dataclasses.is_dataclass(row)
    assert not isinstance(row, type)
    for field in dataclasses.fields(row):
        if field.name == suffix or field.name.endswith(f"_{suffix}"):
            yield field.name, getattr(row, field.name)


def test_every_row_is_there_in_order() -> None:
    assert list(BLUEPRINT) == CODES
    assert [row.code for row in BLUEPRINT.values()] == CODES


def test_every_kind_has_its_number_of_rows() -> None:
    assert Counter(row.kind for row in blueprint.rows()) == {
        Kind.TASK: 9,
        Kind.UNIT: 9,
        Kind.TOOL: 17,
        Kind.ACCOUNTING: 10,
        Kind.STAFF: 9,
        Kind.OPERATION: 34,
        Kind.GOAL: 2,
        Kind.REQUIREMENT: 8,
        Kind.WORKFORCE: 7,
        Kind.LADDER: 6,
        Kind.FUND: 6,
        Kind.SUBORDINATION: 2,
        Kind.EFFECTIVENESS: 3,
    }


@pytest.mark.parametrize(("direction", "count"), [("A", 12), ("B", 11), ("C", 11)])
def test_operations_of_a_direction(direction: str, count: int) -> None:
    assert len(blueprint.operations(direction)) == count
    assert {row.direction for row in blueprint.operations(direction)} == {direction}


@pytest.mark.parametrize("row", blueprint.rows(), ids=lambda row: row.code)
def test_row_speaks_both_languages(row: Row) -> None:
    assert all((row.ru, row.en, row.works_ru, row.works_en))
    assert bool(row.note_ru) is bool(row.note_en)
    assert CYRILLIC.search(row.ru)
    assert CYRILLIC.search(row.works_ru)
    for name, text in texts(row, "en"):
        assert not CYRILLIC.search(text), name
    for suffix in ("ru", "en"):
        for name, text in texts(row, suffix):
            assert text == " ".join(text.split()), name
    assert (row.title("ru-ru"), row.title("en")) == (row.ru, row.en)


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.code)
def test_operation_can_be_assigned(row: OperationRow) -> None:
    position = next(each for each in POSITIONS if each.code == row.staff_code)
    unit = next(each for each in UNITS if each.code == row.unit_code)
    assert position.direction == unit.direction == row.direction
    assert row.unit_code in position.unit_codes
    assert 0 < row.minutes <= WORKING_DAY_MINUTES
    assert 9 <= row.due_time.hour < 18
    assert row.due_time.tzinfo is None


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.code)
def test_operation_says_what_a_good_result_is(row: OperationRow) -> None:
    for text in (row.checklist_ru, row.checklist_en):
        assert 2 <= len(re.findall(r"\.(?:\s|$)", text)) <= 3
    assert bool(row.trigger_ru) is (row.rhythm.frequency is Frequency.ON_EVENT)


@pytest.mark.parametrize("code", [row.code for row in POSITIONS])
def test_position_has_work_and_can_do_it_in_a_day(code: str) -> None:
    mine = [row for row in OPERATIONS if row.staff_code == code]
    everyday = sum(row.minutes for row in mine if row.rhythm.frequency is Frequency.DAILY)
    weekly = Counter[int | None]()
    for row in mine:
        if row.rhythm.frequency is Frequency.WEEKLY:
            weekly[row.rhythm.weekday] += row.minutes
    assert mine
    assert everyday + max(weekly.values(), default=0) <= WORKING_DAY_MINUTES


def test_every_frequency_and_unit_is_used() -> None:
    assert {row.rhythm.frequency for row in OPERATIONS} == set(Frequency)
    assert {row.unit_code for row in OPERATIONS} == {unit.code for unit in UNITS}
    assert {row.rhythm.weekday for row in OPERATIONS} <= {None, 1, 2, 3, 4, 5}


def test_directions_name_their_stages_and_units() -> None:
    assert [each.code for each in DIRECTIONS] == ["A", "B", "C"]
    assert [[stage.ru for stage in each.stages] for each in DIRECTIONS] == [
        ["Выбор"],
        ["Оценка"],
        ["Выбор", "Оценка"],
    ]
    for each in DIRECTIONS:
        units = [unit.code for unit in UNITS if unit.direction == each.code]
        assert list(each.unit_codes) == units
        assert CYRILLIC.search(each.audience_ru)
        assert not CYRILLIC.search(each.audience_en)


def test_position_belongs_to_units_of_its_direction() -> None:
    units = {unit.code: unit.direction for unit in UNITS}
    for position in POSITIONS:
        assert {units[code] for code in position.unit_codes} == {position.direction}
    assert {position.unit_codes[0] for position in POSITIONS} == set(units)


def test_fund_tree() -> None:
    assert {fund.code: fund.parent_code for fund in FUNDS} == {
        "H.F1": None,
        "H.F2": None,
        "H.F3": "H.F2",
        "H.F4": None,
        "H.F5": "H.F4",
        "H.F6": "H.F4",
    }
    assert {fund.code for fund in FUNDS if fund.fund_type is not FundType.FUND} == {
        fund.code for fund in FUNDS if fund.parent_code
    }


def test_ladder_goes_up_one_step_at_a_time() -> None:
    assert [step.order for step in LADDER] == [1, 2, 3, 4, 5, 6]
    assert LADDER[0].ru == "Работник отдела"
    assert LADDER[-1].en == "The owner's partner in the company"


def test_rows_are_chosen_by_kind_and_direction() -> None:
    chosen = blueprint.rows(kind=Kind.ACCOUNTING, direction="B")
    assert [row.code for row in chosen] == ["B.R1", "B.R2"]
    assert chosen[0].ru == blueprint.row("A.R3").ru
    assert chosen[1].en == blueprint.row("A.R4").en


def test_unknown_codes_are_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"no row 'A\.O13'"):
        blueprint.row("A.O13")
    with pytest.raises(KeyError, match=r"'A\.T1' is not an operational task"):
        blueprint.operation("A.T1")
    with pytest.raises(KeyError, match="no direction 'D'"):
        blueprint.direction("D")
    with pytest.raises(KeyError, match="no direction 'D'"):
        blueprint.operations("D")


def test_blueprint_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        BLUEPRINT["A.T1"] = blueprint.row("A.T2")  # type: ignore[index]  # the point of the test
    with pytest.raises(dataclasses.FrozenInstanceError):
        blueprint.row("A.T1").ru = "Имидж"  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"frequency": Frequency.WEEKLY}, "weekday must be"),
        ({"frequency": Frequency.WEEKLY, "weekday": 8}, "weekday must be"),
        ({"frequency": Frequency.DAILY, "weekday": 1}, "weekday does not belong"),
        ({"frequency": Frequency.MONTHLY}, "month_day must be"),
        ({"frequency": Frequency.MONTHLY, "month_day": 31}, "month_day must be"),
        (
            {"frequency": Frequency.MONTHLY, "month_day": 5, "last_working_day": True},
            "month_day does not belong",
        ),
        ({"frequency": Frequency.QUARTERLY, "month_day": 5}, "quarter_month must be"),
        ({"frequency": Frequency.ON_EVENT}, "working_days must be"),
        ({"frequency": Frequency.DAILY, "last_working_day": True}, "last_working_day does not"),
    ],
)
def test_senseless_rhythm_is_refused(fields: dict[str, object], refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal):
        Rhythm(**fields)  # type: ignore[arg-type]  # wrong values on purpose


def test_trigger_goes_only_with_an_event() -> None:
    with pytest.raises(ValueError, match=r"A\.O8: a trigger goes with"):
        dataclasses.replace(
            blueprint.operation("A.O8"), trigger_ru="Программа утверждена", trigger_en="Approved"
        )
    with pytest.raises(ValueError, match=r"B\.O6: a trigger goes with"):
        dataclasses.replace(blueprint.operation("B.O6"), trigger_ru="", trigger_en="")
