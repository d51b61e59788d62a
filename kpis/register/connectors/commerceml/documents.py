"""Reading a CommerceML 2 file of documents, one at a time and without trust in where it came from.

UTF-8 or windows-1251, with or without a byte order mark and a name space. Pure: no settings, no
database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

ROOT = "КоммерческаяИнформация"
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_BLANKS = str.maketrans({" ": None, "\xa0": None, "\u202f": None, ",": "."})
_CONTACTS = ("почта", "телефон", "mail", "phone")


class NotReadable(Exception):
    """The file is not what 1C delivers. ``message`` is for a person, ``detail`` says where."""

    def __init__(self, message: StrOrPromise, detail: str = "") -> None:
        self.message = message
        self.detail = detail[:300]
        super().__init__("not readable")


@dataclass(frozen=True, slots=True)
class Document:
    """One document as written; ``day`` and ``time`` are text, ``values`` its requisites by name."""

    identifier: str
    number: str
    day: str
    time: str
    operation: str
    role: str
    currency: str
    amount: Decimal
    base: str
    customer: str
    contacts: tuple[str, ...]
    units: Decimal | None
    discount: Decimal | None
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """What names the document for good."""
        return self.identifier or f"{self.number} {self.day}"


def documents(content: BinaryIO) -> Iterator[Document]:
    """The documents of a file, in its order. Raises `NotReadable`."""
    depth = 0
    top: Element | None = None
    try:
        for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                if top is None:
                    top = element
                    if _name(element) != ROOT:
                        raise NotReadable(
                            _("This is not a file of the exchange with 1C."), _name(element)
                        )
                continue
            depth -= 1
            if _name(element) == "Документ":
                yield _document(element)
                element.clear()
            if depth == 1 and top is not None:
                top.clear()
    except DefusedXmlException as error:
        raise NotReadable(
            _("The file contains definitions that are not accepted."), type(error).__name__
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise NotReadable(_("The file is cut off or is no XML."), str(error)) from error


def _document(element: Element) -> Document:
    number, day = _text(element, "Номер"), _text(element, "Дата")
    identifier = _text(element, "Ид")
    if not day or not (identifier or number):
        raise NotReadable(_("A document has no number or no date."), identifier or number)
    about = identifier or number
    partner = element.find("./{*}Контрагенты/{*}Контрагент")
    return Document(
        identifier=identifier,
        number=number,
        day=day,
        time=_text(element, "Время"),
        operation=_text(element, "ХозОперация"),
        role=_text(element, "Роль"),
        currency=_text(element, "Валюта"),
        amount=_number(_text(element, "Сумма"), about),
        base=_text(element, "Основание"),
        customer="" if partner is None else _text(partner, "Ид"),
        contacts=() if partner is None else tuple(_contacts(partner)),
        units=_units(element, about),
        discount=_discount(element, about),
        values=_values(element),
    )


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return (element.findtext(f"./{{*}}{name}") or "").strip()


def _number(text: str, about: str) -> Decimal:
    plain = text.translate(_BLANKS)
    if not _NUMBER.fullmatch(plain):
        raise NotReadable(_("A figure is not a number."), f"{about}: {text[:40]}")
    return Decimal(plain)


def _values(element: Element) -> dict[str, str]:
    rows = element.findall("./{*}ЗначенияРеквизитов/{*}ЗначениеРеквизита")
    return {_text(row, "Наименование"): _text(row, "Значение") for row in rows}


def _contacts(partner: Element) -> Iterator[str]:
    for contact in partner.findall("./{*}Контакты/{*}Контакт"):
        kind, value = _text(contact, "Тип").casefold(), _text(contact, "Значение")
        if value and any(word in kind for word in _CONTACTS):
            yield value


def _units(element: Element, about: str) -> Decimal | None:
    """Pieces of goods; services (delivery, packing) are none."""
    counts = [
        _number(_text(row, "Количество"), about)
        for row in element.findall("./{*}Товары/{*}Товар")
        if _values(row).get("ТипНоменклатуры", "").casefold() != "услуга"
    ]
    return sum(counts, Decimal(0)) if counts else None


def _discount(element: Element, about: str) -> Decimal | None:
    sums = [_number(_text(row, "Сумма"), about) for row in element.findall("./{*}Скидки/{*}Скидка")]
    return sum(sums, Decimal(0)) if sums else None
