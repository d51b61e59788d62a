"""Files as 1C delivers them, for the tests of the exchange."""

from __future__ import annotations

from xml.sax.saxutils import escape

CLOSE = "</КоммерческаяИнформация>"


def order(
    number: str,
    *,
    day: str = "2026-03-18",
    time: str = "12:10:11",
    total: str = "1500.00",
    operation: str = "Заказ товара",
    role: str = "Продавец",
    currency: str = "руб",
    goods: str = "",
    extra: str = "",
    **values: str,
) -> str:
    """One document; ``values`` are requisites, an underscore stands for a blank."""
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name.replace('_', ' ')}</Наименование>"
        f"<Значение>{escape(value)}</Значение></ЗначениеРеквизита>"
        for name, value in values.items()
    )
    return (
        f"<Документ><Ид>id-{number}</Ид><Номер>{number}</Номер><Дата>{day}</Дата>"
        f"<ХозОперация>{operation}</ХозОперация><Роль>{role}</Роль><Валюта>{currency}</Валюта>"
        f"<Курс>1</Курс><Сумма>{total}</Сумма><Время>{time}</Время>"
        "<Контрагенты><Контрагент><Ид>buyer-7</Ид><Наименование>Анна</Наименование>"
        "<Роль>Покупатель</Роль><Контакты><Контакт><Тип>Почта</Тип>"
        "<Значение>anna@example.org</Значение></Контакт><Контакт><Тип>ТелефонРабочий</Тип>"
        "<Значение>+7 900 000-00-07</Значение></Контакт></Контакты></Контрагент></Контрагенты>"
        f"<Товары>{goods or thing('2')}</Товары>{extra}"
        f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Документ>"
    )


def thing(count: str, kind: str = "Товар") -> str:
    """A line of an order."""
    return (
        f"<Товар><Ид>tea</Ид><Наименование>Иван-чай</Наименование><Количество>{count}</Количество>"
        "<Сумма>750.00</Сумма><ЗначенияРеквизитов><ЗначениеРеквизита>"
        f"<Наименование>ТипНоменклатуры</Наименование><Значение>{kind}</Значение>"
        "</ЗначениеРеквизита></ЗначенияРеквизитов></Товар>"
    )


def parcel(*orders: str, encoding: str = "UTF-8", bom: bool = False, space: str = "") -> bytes:
    """A whole file."""
    named = f' xmlns="{space}"' if space else ""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<КоммерческаяИнформация{named} '
        f'ВерсияСхемы="2.05" ДатаФормирования="2026-03-18T13:00:00">{"".join(orders)}{CLOSE}\n'
    )
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode(encoding)
