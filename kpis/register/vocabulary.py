"""The metric vocabulary that comes with the product. `vocabulary_install` writes it after
migrate.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpis.register.models.metric import Metric

Unit, Time, Dims, Missing = Metric.Unit, Metric.AggTime, Metric.AggDims, Metric.Missing


@dataclass(frozen=True, slots=True)
class Word:
    """One metric; see `Metric` for the meaning of the fields."""

    code: str
    ru: str
    en: str
    unit: Metric.Unit
    time: Metric.AggTime = Time.SUM
    dims: Metric.AggDims = Dims.SUM
    settle_days: int = 0
    note_ru: str = ""
    note_en: str = ""


WORDS: tuple[Word, ...] = (
    Word("impressions", "Показы", "Impressions", Unit.PIECES, settle_days=3),
    Word("clicks", "Клики", "Clicks", Unit.PIECES, settle_days=3),
    Word(
        "sessions",
        "Визиты",
        "Sessions",
        Unit.PIECES,
        settle_days=2,
        note_ru="Клики и визиты — не одно и то же; визит через полночь счётчики режут по-разному.",
        note_en="Clicks are not sessions; counters cut a visit over midnight differently.",
    ),
    Word(
        "users",
        "Посетители",
        "Users",
        Unit.PEOPLE,
        Time.NONE,
        Dims.NONE,
        settle_days=2,
        note_ru="Уникальные за день: по дням не складываются.",
        note_en="Unique within a day: days do not add up.",
    ),
    Word("page_actions", "Действия на сайте", "Page actions", Unit.PIECES, settle_days=2),
    Word(
        "bounces",
        "Отказы",
        "Bounces",
        Unit.PIECES,
        settle_days=2,
        note_ru="Определение зависит от счётчика: не смешивайте счётчики в одном показателе.",
        note_en="The definition depends on the counter: never mix counters in one KPI.",
    ),
    Word(
        "session_seconds",
        "Время на сайте, сумма",
        "Time on site, total",
        Unit.SECONDS,
        settle_days=2,
    ),
    Word(
        "campaign_sessions",
        "Визиты из кампаний",
        "Campaign sessions",
        Unit.PIECES,
        settle_days=2,
        note_ru="Часть визитов сайта: с визитами не складывается.",
        note_en="A part of the site's sessions: not to be added to sessions.",
    ),
    Word("goal_completions", "Достижения целей", "Goal completions", Unit.PIECES, settle_days=2),
    Word("leads", "Лиды", "Leads", Unit.PIECES),
    Word("calls", "Звонки входящие", "Incoming calls", Unit.PIECES),
    Word(
        "orders",
        "Заказы",
        "Orders",
        Unit.PIECES,
        settle_days=3,
        note_ru="По дате заказа. Два источника заказов не складываются: считается главный.",
        note_en="By order date. Two sources of orders are not added: the main one counts.",
    ),
    Word("items_sold", "Товаров продано", "Items sold", Unit.PIECES, settle_days=3),
    Word("revenue", "Выручка", "Revenue", Unit.MONEY, settle_days=3),
    Word("refunds", "Возвраты", "Refunds", Unit.MONEY),
    Word("new_customers", "Новые клиенты", "New customers", Unit.PEOPLE),
    Word("media_cost", "Расход на размещение", "Media cost", Unit.MONEY, settle_days=3),
    Word("sends", "Отправлено писем", "Sends", Unit.PIECES, settle_days=3),
    Word("deliveries", "Доставлено писем", "Deliveries", Unit.PIECES, settle_days=3),
    Word("followers", "Подписчики сообщества", "Followers", Unit.PEOPLE, Time.LAST),
)


def vocabulary_install() -> int:
    """Create or update every word; returns how many there are. Idempotent."""
    Metric.objects.bulk_create(
        [
            Metric(
                code=word.code,
                name_ru=word.ru,
                name_en=word.en,
                unit=word.unit,
                agg_time=word.time,
                agg_dims=word.dims,
                missing=Missing.NULL,
                settle_days=word.settle_days,
                note_ru=word.note_ru,
                note_en=word.note_en,
            )
            for word in WORDS
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "name_ru",
            "name_en",
            "unit",
            "agg_time",
            "agg_dims",
            "missing",
            "settle_days",
            "note_ru",
            "note_en",
        ],
    )
    return len(WORDS)
