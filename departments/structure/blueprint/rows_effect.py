"""Effectiveness: what it means, how it is measured, how it is learnt."""

from departments.structure.blueprint.model import Row

ROWS_EFFECT: tuple[Row, ...] = (
    Row(
        "E.1",
        ru="Что понимать под эффективностью маркетинговых действий",
        en="What effectiveness of marketing means",
        works_ru=(
            "Страница каждого показателя объясняет себя: смысл, формула, источник, ограничения"
        ),
        works_en="Every KPI page explains itself: meaning, formula, source, limits",
    ),
    Row(
        "E.2",
        ru="Типы измерителей: показатели отдела, маркетолога, рекламной кампании",
        en="Three levels of indicators: department, marketer, campaign",
        works_ru="Показатели трёх уровней",
        works_en="Three KPI levels",
    ),
    Row(
        "E.3",
        ru="Практикум",
        en="Practice",
        works_ru="Обучение на демо-компании: маршрут с упражнениями",
        works_en="A guided demo with exercises on the demo company",
    ),
)
