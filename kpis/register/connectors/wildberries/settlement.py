"""The settlement report: what the marketplace's services cost, to the kopeck."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.wildberries.mapping import Shop

DAY = dt.timedelta(days=1)
CURRENCIES = {"руб": "RUB", "руб.": "RUB", "бел. руб.": "BYN", "тенге": "KZT", "тг": "KZT"}
CHARGES = ("delivery_rub", "penalty", "storage_fee", "acceptance")
PRICED = {"seller": "retail_price_withdisc_rub", "buyer": "retail_amount"}
KNOWN = frozenset(
    "realizationreport_id create_dt suppliercontract_code gi_id dlv_prc fix_tariff_date_from "
    "fix_tariff_date_to subject_name brand_name ts_name barcode retail_price retail_amount "
    "retail_price_withdisc_rub sale_percent commission_percent office_name supplier_oper_name "
    "order_dt sale_dt shk_id delivery_amount return_amount gi_box_type_name "
    "product_discount_for_report supplier_promo ppvz_spp_prc ppvz_kvw_prc_base ppvz_kvw_prc "
    "sup_rating_prc_up is_kgvp_v2 ppvz_sales_commission ppvz_reward acquiring_fee "
    "acquiring_percent payment_processing acquiring_bank ppvz_vw ppvz_vw_nds ppvz_office_name "
    "ppvz_office_id ppvz_supplier_id ppvz_supplier_name ppvz_inn declaration_number sticker_id "
    "site_country srv_dbs rebill_logistic_cost rebill_logistic_org assembly_id kiz srid "
    "report_type is_legal_entity trbx_id installment_cofinancing_amount "
    "wibes_wb_discount_percent cashback_amount cashback_discount cashback_commission_change "
    "order_uid payment_schedule delivery_method seller_promo_id seller_promo_discount "
    "loyalty_id loyalty_discount uuid_promocode sale_price_promocode_discount_prc "
    "article_substitution sale_price_affiliated_discount_prc agency_vat".split()
)


def weeks(window: Window) -> tuple[dt.date, dt.date]:
    """The whole weeks, Monday to Sunday, that the days of ``window`` lie in: a report is a week."""
    first, last = window.first, window.last
    return first - DAY * first.weekday(), last + DAY * (6 - last.weekday())


class Settlement:
    """Adds rows up by product and day. The same row in two answers counts once."""

    def __init__(self, shop: Shop, window: Window) -> None:
        self._shop = shop
        self._window = window
        self._seen: set[str] = set()
        self._sums: dict[tuple[str, dt.date, str], Decimal] = defaultdict(Decimal)
        self._subjects: dict[str, SubjectRef] = {}

    def add(self, reader: Reader, row: Mapping[str, object]) -> bool:
        """Take a row in; False when it was known or belongs to other days."""
        key = reader.text(row, "rrd_id")
        if key in self._seen:
            return False
        self._seen.add(key)
        day = _day(reader, row, key)
        if not self._window.first <= day <= self._window.last:
            return False
        subject = self._subject(reader, row)
        self._subjects[subject.key] = subject
        self._sums[subject.key, day, _currency(reader, row, key)] += _cost(
            reader, row, self._shop.price, f"rrd_id {key}"
        )
        return True

    def facts(self) -> tuple[Fact, ...]:
        """What the services cost, by product (or the shop as a whole) and day."""
        return tuple(
            Fact(self._subjects[key], "service_cost", day, value, currency)
            for (key, day, currency), value in sorted(self._sums.items())
        )

    def _subject(self, reader: Reader, row: Mapping[str, object]) -> SubjectRef:
        number = str(reader.optional(row, "nm_id") or "")
        article = str(reader.optional(row, "sa_name") or "").strip()
        return self._shop.product(number, article) if number else self._shop.subject


def _cost(reader: Reader, row: Mapping[str, object], price: str, about: str) -> Decimal:
    """What Wildberries kept of the price, and its charges. Advertising is counted as media cost."""
    parts = [reader.number(row, name, about=about) for name in CHARGES]
    deduction = reader.number(row, "deduction", about=about)
    if "продвижение" not in str(reader.optional(row, "bonus_type_name") or "").casefold():
        parts.append(deduction)
    extra = reader.number(row, "additional_payment", about=about) or Decimal(0)
    return sum((part for part in parts if part is not None), _kept(reader, row, price, about)) - (
        extra
    )


def _kept(reader: Reader, row: Mapping[str, object], price: str, about: str) -> Decimal:
    amount = reader.number(row, PRICED[price], about=about)
    pieces = reader.number(row, "quantity", about=about)
    paid = reader.number(row, "ppvz_for_pay", about=about)
    kind = reader.text(row, "doc_type_name")
    if kind not in {"Продажа", "Возврат", ""}:
        reader.bug(_("A value of a list is not known."), f"doc_type_name: {kind[:40]}")
    if amount is None or pieces is None or paid is None:
        return Decimal(0)
    # The buyer's sum is of the whole row already, the seller's price is of one piece.
    gross = amount * pieces if price == "seller" else amount
    return paid - gross if kind == "Возврат" else gross - paid


def _day(reader: Reader, row: Mapping[str, object], key: str) -> dt.date:
    """The day of the operation; a late one is booked inside the report that pays it."""
    about = f"rrd_id {key}"
    day, first, last = (
        reader.day(reader.field(row, name), f"{name}, {about}")
        for name in ("rr_dt", "date_from", "date_to")
    )
    return min(max(day, first), last)


def _currency(reader: Reader, row: Mapping[str, object], key: str) -> str:
    name = reader.text(row, "currency_name")
    code = CURRENCIES.get(name.casefold(), name.upper())
    if len(code) != 3 or not code.isascii():
        reader.bug(_("The currency is not known."), f"rrd_id {key}: {name[:20]}")
    return code
