"""The head of department: the career ladder."""

from departments.structure.blueprint.model import LadderRow

LADDER_ROWS: tuple[LadderRow, ...] = (
    LadderRow(
        "H.L1",
        ru="Работник отдела",
        en="Member of the department",
        works_ru="Критерии ступени, место каждого сотрудника и его следующая ступень",
        works_en="Criteria of the step, each person's place and next step",
        order=1,
    ),
    LadderRow(
        "H.L2",
        ru="Руководитель направления",
        en="Head of a direction",
        works_ru="Критерии ступени; права в пределах своего направления",
        works_en="Criteria of the step; rights within the direction",
        order=2,
    ),
    LadderRow(
        "H.L3",
        ru="Руководитель отдела",
        en="Head of department",
        works_ru="Критерии ступени; права на весь отдел",
        works_en="Criteria of the step; rights over the whole department",
        order=3,
    ),
    LadderRow(
        "H.L4",
        ru="Руководитель департамента (единого отдела для нескольких компаний сети)",
        en="Head of a joint department (one for several companies of a network)",
        works_ru="Критерии ступени; отдел может обслуживать несколько компаний",
        works_en="Criteria of the step; a department may serve several companies",
        order=4,
    ),
    LadderRow(
        "H.L5",
        ru="Руководитель компании",
        en="Head of a company",
        works_ru="Критерии ступени; права директора",
        works_en="Criteria of the step; the director's rights",
        order=5,
    ),
    LadderRow(
        "H.L6",
        ru="Партнер собственника в компании",
        en="The owner's partner in the company",
        works_ru="Критерии верхней ступени лестницы",
        works_en="Criteria of the top step",
        order=6,
    ),
)
