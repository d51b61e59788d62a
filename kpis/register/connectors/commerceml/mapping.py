"""Documents of 1C as records: orders, returns, and those that are no more."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.commerceml.documents import Document, NotReadable
from kpis.register.connectors.records import (
    Gone,
    OrderRecord,
    OrderStatus,
    RefundRecord,
    Touch,
    TouchKind,
)
from kpis.register.connectors.setting_names import names_of
from kpis.register.files.currencies import currency_code

ORDER = "заказ товара"
RETURN = "возврат товара"
BUYER = "покупатель"
KEY_LENGTH = 80
PAID_AT = ("Дата оплаты по 1С", "Дата оплаты")
YES = {"true", "1", "да", "истина"}


@dataclass(frozen=True, slots=True)
class Rules:
    """How the documents of one source are understood; names of statuses in small letters."""

    shop: SubjectRef
    zone: ZoneInfo
    cancelled: frozenset[str]
    unfinished: frozenset[str]
    promo: str

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Rules:
        """From the source's settings."""
        return cls(
            shop=SubjectRef("shop", "1c", str(settings.get("shop") or "1C")),
            zone=ZoneInfo(str(settings.get("time_zone") or "Europe/Moscow")),
            cancelled=_small(settings.get("cancelled_statuses")),
            unfinished=_small(settings.get("unfinished_statuses")),
            promo=str(settings.get("promo_requisite") or ""),
        )


def record_of(document: Document, rules: Rules) -> OrderRecord | RefundRecord | Gone | None:
    """None for what is neither our order nor a return to us: payments, shipments, purchases.
    Raises `NotReadable`."""
    operation = document.operation.casefold()
    if operation not in {ORDER, RETURN, ""} or document.role.casefold() == BUYER:
        return None
    key = _key(document.key)
    if _yes(document, "ПометкаУдаления", "Пометка удаления"):
        return Gone(key)
    day, at = _moment(document, rules.zone)
    currency = currency_code(document.currency)
    if len(currency) != 3:
        raise NotReadable(_("The currency is not known."), f"{key}: {document.currency[:20]}")
    if operation == RETURN:
        if not _posted(document):
            return Gone(key)
        return RefundRecord(
            key,
            day,
            abs(document.amount),
            currency,
            rules.shop,
            order=_key(document.base) if document.base else "",
            units=document.units,
        )
    status, paid_at = _status(document, rules)
    promo = document.values.get(rules.promo, "") if rules.promo else ""
    return OrderRecord(
        key=key,
        day=day,
        amount=document.amount,
        currency=currency,
        subject=rules.shop,
        status=status,
        at=at,
        paid_at=paid_at,
        units=document.units,
        # A discount is a cost of a code only where there was a code.
        discount=document.discount if promo else None,
        number=document.number,
        customer=document.customer,
        contacts=document.contacts,
        promo_code=promo,
        touches=(Touch(TouchKind.PROMO_CODE, promo),) if promo else (),
    )


def _status(document: Document, rules: Rules) -> tuple[OrderStatus, dt.datetime | None]:
    named = document.values.get("Статус заказа", "")
    # "[N] Принят" is how a status comes back from a site.
    name = named.rpartition("] ")[2].strip().casefold()
    paid_at = _paid_at(document, rules.zone)
    if _yes(document, "Отменен", "Отменён", "Отменено") or name in rules.cancelled:
        return OrderStatus.CANCELLED, paid_at
    if paid_at is not None or _yes(document, "Оплачен", "Заказ оплачен"):
        return OrderStatus.PAID, paid_at
    if name in rules.unfinished or not _posted(document):
        return OrderStatus.OPEN, None
    return OrderStatus.PLACED, None


def _posted(document: Document) -> bool:
    """A document without the requisite comes from a 1C that sends posted ones only."""
    return "Проведен" not in document.values or _yes(document, "Проведен")


def _yes(document: Document, *names: str) -> bool:
    return any(document.values.get(name, "").casefold() in YES for name in names)


def _paid_at(document: Document, zone: ZoneInfo) -> dt.datetime | None:
    for name in PAID_AT:
        text = document.values.get(name, "")
        for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y"):
            try:
                at = dt.datetime.strptime(text, form).replace(tzinfo=zone)
            except ValueError:
                continue
            if at.year > 1:  # 1C writes the first day of the first year for none
                return at
    return None


def _moment(document: Document, zone: ZoneInfo) -> tuple[dt.date, dt.datetime | None]:
    about = f"{document.key}: {document.day[:20]} {document.time[:20]}"
    try:
        day = dt.date.fromisoformat(document.day[:10])
        time = dt.time.fromisoformat(document.time) if document.time else None
    except ValueError as error:
        raise NotReadable(_("A date cannot be read."), about) from error
    return day, dt.datetime.combine(day, time, zone) if time else None


def _key(text: str) -> str:
    if len(text) <= KEY_LENGTH:
        return text
    return hashlib.sha256(text.encode()).hexdigest()


def _small(value: object) -> frozenset[str]:
    return frozenset(name.casefold() for name in names_of(value))
