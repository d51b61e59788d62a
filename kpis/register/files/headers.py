"""Column names as exports of shops, counters and cabinets write them, Russian and English."""

from typing import Final

DATE: Final = frozenset(
    "date day дата день период период_детализации order_date created created_at ordered_at"
    " datetime timestamp time дата_визита дата_заказа дата_покупки дата_и_время дата_создания"
    " дата_продажи purchase_date transaction_date".split()
)
SUBJECT: Final = frozenset(
    "campaign campaign_name кампания рекламная_кампания название_кампании utm_campaign subject"
    " объект placement размещение".split()
)
METRIC: Final = frozenset("metric metric_code метрика показатель".split())
VALUE: Final = frozenset("value значение fact факт".split())
CUSTOMER: Final = frozenset(
    "customer customer_id customerid client client_id user_id клиент покупатель id_клиента"
    " код_клиента номер_карты карта card card_number контрагент".split()
)
ORDER_ID: Final = frozenset(
    "order order_id orderid order_number order_no invoice invoice_no transaction_id номер"
    " заказ номер_заказа id_заказа №_заказа номер_чека чек receipt receipt_id".split()
)
UNITS: Final = frozenset(
    "units quantity qty items number_of_cds количество кол-во кол_во штук шт единиц товаров".split()
)
AMOUNT: Final = frozenset(
    "amount total sum revenue dollar_value order_total price сумма выручка сумма_заказа"
    " сумма_чека итого стоимость оплачено".split()
)
CURRENCY: Final = frozenset("currency валюта currency_code".split())
CHANNEL: Final = frozenset("channel source канал источник utm_source канал_продаж".split())
PROMO: Final = frozenset("promo promo_code promocode coupon промокод промо-код купон".split())

METRICS: Final = {
    "sessions": "sessions visits визиты сеансы сессии посещения nb_visits".split(),
    "users": "users visitors посетители пользователи nb_uniq_visitors".split(),
    "new_users": "new_users новые_посетители новые_пользователи".split(),
    "impressions": "impressions показы".split(),
    "reach": "reach охват".split(),
    "clicks": "clicks клики inline_link_clicks".split(),
    "media_cost": "cost spend расход расходы затраты".split(),
    "leads": "leads лиды".split(),
    "form_leads": "заявки form_leads".split(),
    "calls": "calls звонки".split(),
    "goal_completions": "goals достижения_целей конверсии conversions".split(),
    "orders": "orders purchases заказы заказов покупки".split(),
    "revenue": "revenue выручка доход".split(),
    "items_sold": "items_sold товаров_продано".split(),
}
"""Metric code of the results register → names of its column."""

METRIC_OF: Final = {name: code for code, names in METRICS.items() for name in names}


def normal(name: str) -> str:
    """A column name without case, unit and punctuation: `Сумма заказа, руб.` → `сумма_заказа`."""
    head = name.casefold().replace("ё", "е").split(",")[0].split("(")[0]
    return "_".join(head.replace("_", " ").split()).strip(".:#")
