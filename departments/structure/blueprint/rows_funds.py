"""The head of department: the default fund tree, which a company may change."""

from departments.structure.blueprint.model import FundRow, FundType

FUND_ROWS: tuple[FundRow, ...] = (
    FundRow(
        "H.F1",
        ru="Фонд операционных затрат",
        en="Operating costs fund",
        works_ru="Фонд с лимитом, заявками на расход и ведомостью",
        works_en="A fund with a limit, expense requests and a statement",
        fund_type=FundType.FUND,
    ),
    FundRow(
        "H.F2",
        ru="Личный фонд руководителя отдела",
        en="Head's personal fund",
        works_ru="Фонд в распоряжении руководителя отдела",
        works_en="A fund at the head of department's disposal",
        fund_type=FundType.FUND,
    ),
    FundRow(
        "H.F3",
        ru="Связь",
        en="Communications",
        works_ru="Фонд или статья расхода",
        works_en="A fund or an expense line",
        note_ru=(
            "По умолчанию — статья расхода личного фонда руководителя; компания может вести "
            "«Связь» отдельным фондом."
        ),
        note_en=(
            "By default an expense line of the head's personal fund; a company may keep it as a "
            "fund of its own."
        ),
        fund_type=FundType.LINE,
        parent_code="H.F2",
    ),
    FundRow(
        "H.F4",
        ru="Премия отдела",
        en="Department bonus",
        works_ru="Фонд с двумя частями: ежемесячной и годовой",
        works_en="A fund with two pots, monthly and annual",
        fund_type=FundType.FUND,
    ),
    FundRow(
        "H.F5",
        ru="Ежемесячный фонд",
        en="Monthly fund",
        works_ru="Часть премии, распределяется каждый месяц по показателям",
        works_en="A pot distributed monthly by KPI",
        note_ru="Часть премии отдела.",
        note_en="A part of the department bonus.",
        fund_type=FundType.POT,
        parent_code="H.F4",
    ),
    FundRow(
        "H.F6",
        ru="Годовой фонд",
        en="Annual fund",
        works_ru="Часть премии, накапливается и распределяется по итогам года",
        works_en="A pot accrued and distributed yearly",
        note_ru="Часть премии отдела.",
        note_en="A part of the department bonus.",
        fund_type=FundType.POT,
        parent_code="H.F4",
    ),
)
