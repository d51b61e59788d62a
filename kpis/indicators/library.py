"""The KPIs that come with the product. `library_install` writes them after every migrate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from config.lib.text import Localized
from kpis.indicators.models import Kpi, KpiVersion

BEGINNING = dt.date(1990, 1, 1)
Way, Unit, Plan = Kpi.Way, Kpi.Unit, Kpi.Plan


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI; see `Kpi` for the meaning of the fields."""

    code: str
    name: Localized
    formula: str
    unit: Kpi.Unit
    meaning: Localized
    source: Localized
    limits: Localized
    mistakes: Localized
    better: Kpi.Way = Way.UP
    plan: Kpi.Plan = Plan.CALENDAR
    decimals: int = 0


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "sessions",
        {"ru": "Визиты", "en": "Sessions"},
        "sessions",
        Unit.COUNT,
        meaning={
            "ru": "Сколько раз люди заходили на сайт. Показывает, доходит ли до сайта то, "
            "что размещает отдел.",
            "en": "How many times people came to the site. Shows whether what the department "
            "places reaches the site.",
        },
        source={
            "ru": "Счётчик сайта: визиты по дням в часовом поясе компании.",
            "en": "The site's counter: sessions by day in the company's time zone.",
        },
        limits={
            "ru": "Два последних дня предварительные: счётчик ещё убирает роботов и досчитывает.",
            "en": "The last two days are preliminary: the counter still removes robots and "
            "catches up.",
        },
        mistakes={
            "ru": "Принимать клики за визиты. Складывать посетителей по дням вместо визитов. "
            "Сравнивать счётчики с разными правилами конца визита.",
            "en": "Taking clicks for sessions. Adding up daily users instead of sessions. "
            "Comparing counters that end a session by different rules.",
        },
    ),
    Definition(
        "orders",
        {"ru": "Заказы", "en": "Orders"},
        "orders",
        Unit.COUNT,
        meaning={
            "ru": "Сколько заказов сделано. Главный итог работы отдела в штуках.",
            "en": "How many orders were made. The department's main result in pieces.",
        },
        source={
            "ru": "Заказы из файла или из счётчика сайта по дате заказа. Если источников "
            "несколько, считается главный.",
            "en": "Orders from a file or from the site's counter, by order date. Where there are "
            "several sources, the main one counts.",
        },
        limits={
            "ru": "Отмены и возвраты последних дней ещё не видны: три дня данные предварительные.",
            "en": "Cancellations of the last days are not seen yet: figures are preliminary for "
            "three days.",
        },
        mistakes={
            "ru": "Складывать заказы двух источников. Считать заявки заказами. Менять дату заказа "
            "на дату оплаты посреди года.",
            "en": "Adding up orders of two sources. Taking enquiries for orders. Switching from "
            "order date to payment date in mid-year.",
        },
    ),
    Definition(
        "revenue",
        {"ru": "Выручка", "en": "Revenue"},
        "revenue",
        Unit.MONEY,
        meaning={
            "ru": "Сумма заказов за период. Показывает, сколько денег принесла работа отдела.",
            "en": "The sum of the period's orders. Shows how much money the department's work "
            "brought.",
        },
        source={
            "ru": "Суммы тех же заказов, что и в показателе «Заказы».",
            "en": "Amounts of the same orders as in the KPI “Orders”.",
        },
        limits={
            "ru": "Возвраты учитываются отдельно и эту сумму не уменьшают. Для премии берут "
            "данные учёта, а не счётчика.",
            "en": "Refunds are kept apart and do not lower this sum. For bonuses the books count, "
            "not the counter.",
        },
        mistakes={
            "ru": "Смешивать суммы с НДС и без НДС, с доставкой и без неё. Сравнивать неполный "
            "месяц с полным.",
            "en": "Mixing sums with and without VAT or delivery. Comparing a part of a month with "
            "a whole one.",
        },
    ),
    Definition(
        "conversion",
        {"ru": "Конверсия в заказ", "en": "Conversion to order"},
        "orders / sessions",
        Unit.SHARE,
        meaning={
            "ru": "Какая доля визитов закончилась заказом. Показывает, приходят ли на сайт "
            "нужные люди и легко ли им купить.",
            "en": "What share of sessions ended in an order. Shows whether the right people come "
            "and how easily they buy.",
        },
        source={
            "ru": "Сумма заказов, делённая на сумму визитов за одни и те же дни.",
            "en": "The sum of orders divided by the sum of sessions of the same days.",
        },
        limits={
            "ru": "Заказы по телефону и в магазине завышают долю, если визитов за ними нет. "
            "На малых числах доля скачет.",
            "en": "Orders by phone or in a shop raise the share without a session behind them. "
            "Small numbers make it jump.",
        },
        mistakes={
            "ru": "Усреднять конверсии дней или каналов: делят суммы, а не складывают доли. "
            "Брать заказы за месяц, а визиты за неделю.",
            "en": "Averaging the conversions of days or channels: sums are divided, shares are "
            "not added. Taking orders of a month and sessions of a week.",
        },
        plan=Plan.NONE,
        decimals=2,
    ),
    Definition(
        "average_order",
        {"ru": "Средний чек", "en": "Average order"},
        "revenue / orders",
        Unit.MONEY_EACH,
        meaning={
            "ru": "Сколько в среднем приносит один заказ. Показывает, что покупают: больше и "
            "дороже или меньше и дешевле.",
            "en": "How much one order brings on average. Shows what people buy: more and dearer "
            "or less and cheaper.",
        },
        source={
            "ru": "Сумма выручки, делённая на число заказов за те же дни.",
            "en": "The sum of revenue divided by the number of orders of the same days.",
        },
        limits={
            "ru": "Один очень крупный заказ поднимает среднее за весь месяц.",
            "en": "One very large order raises the whole month's average.",
        },
        mistakes={
            "ru": "Брать среднее от средних за день. Делить выручку за вычетом возвратов на все "
            "заказы.",
            "en": "Taking the mean of daily averages. Dividing revenue less refunds by all orders.",
        },
        plan=Plan.NONE,
        decimals=2,
    ),
    Definition(
        "cost_per_order",
        {"ru": "Стоимость заказа", "en": "Cost per order"},
        "media_cost / orders",
        Unit.MONEY_EACH,
        meaning={
            "ru": "Сколько денег на размещение уходит на один заказ. Показывает, окупается ли "
            "реклама.",
            "en": "How much placement money one order costs. Shows whether advertising pays back.",
        },
        source={
            "ru": "Расход на размещение из рекламных кабинетов и файлов, делённый на число "
            "заказов за те же дни.",
            "en": "Placement spend from advertising accounts and files divided by the number of "
            "orders of the same days.",
        },
        limits={
            "ru": "Зарплаты, подрядчики и скидки сюда не входят. Расход кабинета и акта "
            "расходятся на НДС.",
            "en": "Salaries, contractors and discounts are not in it. An account's spend and the "
            "invoice differ by VAT.",
        },
        mistakes={
            "ru": "Считать нулевой расход достижением: без заказов показателя нет. Усреднять "
            "стоимость по каналам.",
            "en": "Taking zero spend for a success: without orders there is no value. Averaging "
            "the cost over channels.",
        },
        better=Way.DOWN,
        plan=Plan.NONE,
        decimals=2,
    ),
)


@transaction.atomic
def library_install() -> int:
    """Create or update every definition; a formula is written only where a KPI has none yet, so a
    version made by people stays. Returns how many definitions there are. Idempotent."""
    Kpi.objects.bulk_create(
        [_row(position, item) for position, item in enumerate(DEFINITIONS, start=1)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "name_ru", "name_en", "better", "unit", "decimals", "plan_method",
            "meaning", "source", "limits", "mistakes", "position",
        ],
    )  # fmt: skip
    formulas = {item.code: item.formula for item in DEFINITIONS}
    bare = Kpi.objects.filter(code__in=formulas, versions=None)
    KpiVersion.objects.bulk_create(
        KpiVersion(kpi=kpi, formula=formulas[kpi.code], valid_from=BEGINNING) for kpi in bare
    )
    return len(DEFINITIONS)


def _row(position: int, item: Definition) -> Kpi:
    return Kpi(
        code=item.code,
        name_ru=item.name["ru"],
        name_en=item.name["en"],
        better=item.better,
        unit=item.unit,
        decimals=item.decimals,
        plan_method=item.plan,
        meaning=item.meaning,
        source=item.source,
        limits=item.limits,
        mistakes=item.mistakes,
        position=position,
    )
