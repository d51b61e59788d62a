"""The OData interface of the infobase of «Северный чай»."""

from __future__ import annotations

import datetime as dt
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from kpis.simulator import Play, Reply, Request, Stage
from kpis.simulator.play import Truth

SALES = "Document_РеализацияТоваровУслуг"
RETURNS = "Document_ВозвратТоваровОтПокупателя"
MOSCOW = ZoneInfo("Europe/Moscow")
LOGIN = "modus"
NOBODY = "00000000-0000-0000-0000-000000000000"
DAY = dt.timedelta(days=1)
_BOUND = re.compile(r"Date (ge|lt) datetime'([^']+)'")
_CURSOR = re.compile(r"Date gt datetime'([^']+)' or .*Ref_Key gt guid'([^']+)'")


@dataclass(frozen=True, slots=True)
class Document:
    """One document; ``at`` in Moscow without a zone, as 1C writes it."""

    key: str
    number: str
    at: dt.datetime
    amount: Decimal
    customer: str
    posted: bool = True
    deleted: bool = False
    order: str = NOBODY

    @property
    def counts(self) -> bool:
        return self.posted and not self.deleted


class OneCPlay(Play):
    """Two kinds of documents, some unposted, some marked for deletion, many of one second."""

    kind: ClassVar[str] = "onec"
    vendor: ClassVar[str] = "1C"
    own_faults: ClassVar[Mapping[str, str]] = {
        "error_in_200": "200 with odata.error",
        "xml_500": "500 with an XML error",
        "no_document": "404: the document is not in the contents",
        "no_field": "400: a field is not known",
        "no_rights": "500: the user may not read it",
        "ignores_filter": "unposted and deleted documents come as well",
        "no_count": "the number of documents is not told",
        "total_changes": "a document is posted while pages are read",
        "duplicated_row": "the next page begins with the last row of the page before",
        "stuck": "the cursor is ignored",
        "restated_day": "documents have another sum on the second read",
        "vanished_row": "the last document is gone on the second read",
        "null_metric": "sums are null",
        "new_field": "every row has a field nobody has agreed on",
        "renamed_field": "the sum has another name",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._password = "sever-demo"  # noqa: S105  opens invented figures only
        self._reads: Counter[str] = Counter()

    def source_settings(self) -> dict[str, object]:
        return {
            "base_url": f"{self.stage.url()}/odata/standard.odata",
            "login": LOGIN,
            "shop": "Северный чай",
            "time_zone": MOSCOW.key,
            "currency": "RUB",
            "document": SALES,
            "date_field": "Date",
            "amount_field": "СуммаДокумента",
            "customer_field": "Контрагент_Key",
            "returns_document": RETURNS,
            "returns_amount_field": "СуммаДокумента",
            "returns_order_field": "Сделка_Key",
        }

    def source_secrets(self) -> dict[str, str]:
        return {"password": self._password}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        packed = b64encode(f"{LOGIN}:{self._password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {packed}":
            return self.token_expired(request)
        if reply := _refusal(faults):
            return reply
        name = unquote(request.path).removeprefix("/odata/standard.odata").strip("/")
        if not name:
            names = [{"name": one, "url": one} for one in (SALES, RETURNS, "Catalog_Контрагенты")]
            return Reply.of({"odata.metadata": f"{self.stage.url()}/$metadata", "value": names})
        if name not in (SALES, RETURNS):
            return error(404, "9", f"Сущность {name} не найдена")
        if "+" in request.query_string:
            return error(400, "14", "Синтаксическая ошибка в параметре $filter")
        return self._page(name, request, faults)

    def unavailable(self, request: Request) -> Reply:
        return Reply(502, b"<html><h1>502 Bad Gateway</h1></html>", "text/html; charset=utf-8")

    def error_body(self, request: Request) -> Reply:
        return error(500, "-1", "Не обнаружено свободной лицензии")

    def token_expired(self, request: Request) -> Reply:
        return Reply(401, b"", "text/plain", {"WWW-Authenticate": 'Basic realm="1C"'})

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        found: Truth = {}
        for day in self.days(max(first, self.first_day), last):
            sales = [one for one in self._documents(SALES, day) if one.counts]
            returns = [one for one in self._documents(RETURNS, day) if one.counts]
            for metric, value in (
                ("orders", Decimal(len(sales))),
                ("revenue", sum((one.amount for one in sales), Decimal(0))),
                ("refunds", sum((one.amount for one in returns), Decimal(0))),
            ):
                if returns if metric == "refunds" else sales:
                    found[metric, "shop:1c", day] = value
        return found

    def _documents(self, name: str, day: dt.date) -> list[Document]:
        now = self.stage.now().astimezone(MOSCOW).replace(tzinfo=None)
        if day < self.first_day:
            return []
        made = self._returns(day) if name == RETURNS else self._sales(day)
        return sorted((one for one in made if one.at <= now), key=lambda one: (one.at, one.key))

    def _sales(self, day: dt.date) -> Iterator[Document]:
        number = self.stage.number
        for place in range(3 + number(4, "sales", day)):
            # A till posts its day at one and the same second, the last one just before midnight.
            time = (dt.time(9, 15), dt.time(20, 0), dt.time(20, 0), dt.time(23, 59, 59))[place % 4]
            fate = number(12, "fate", day, place)
            yield Document(
                key=_guid(number, "sale", day, place),
                number=f"00-{day.toordinal() % 10_000:04d}{place}",
                at=dt.datetime.combine(day, time),
                amount=Decimal(30_000 + number(400_000, "sum", day, place)).scaleb(-2),
                customer=NOBODY if fate == 5 else _guid(number, "buyer", number(40, day, place)),
                posted=fate != 0,
                deleted=fate == 1,
            )

    def _returns(self, day: dt.date) -> Iterator[Document]:
        earlier = [one for one in self._sales(day - DAY * 2) if one.counts]
        if self.stage.number(3, "return", day) == 0 and earlier:
            sale = earlier[0]
            yield Document(
                key=_guid(self.stage.number, "return", day),
                number=f"В-{day.toordinal() % 10_000:04d}",
                at=dt.datetime.combine(day, dt.time(14, 30)),
                amount=(sale.amount / 2).quantize(Decimal("0.01")),
                customer=sale.customer,
                order=sale.key,
            )

    def _page(self, name: str, request: Request, faults: frozenset[str]) -> Reply:
        condition = request.query.get("$filter", "")
        bounds = dict(_BOUND.findall(condition))
        if "ge" not in bounds or "lt" not in bounds:  # the newest document, for the check
            today = self.stage.now().astimezone(MOSCOW).date()
            newest = [one for n in range(9) for one in self._documents(name, today - DAY * n)][:1]
            return Reply.of({"value": [_row(one, faults) for one in newest]})
        first = dt.date.fromisoformat(bounds["ge"][:10])
        last = dt.date.fromisoformat(bounds["lt"][:10]) - DAY
        rows = [
            one
            for day in self.days(first, last)
            for one in self._documents(name, day)
            if one.counts or "ignores_filter" in faults
        ]
        cursor = _CURSOR.search(condition)
        if cursor is None:
            self._reads[f"{name} {bounds}"] += 1
        second = self._reads[f"{name} {bounds}"] > 1
        if second and "vanished_row" in faults:
            del rows[-1:]
        total = len(rows)
        begin = 0
        if cursor and "stuck" not in faults:
            after = (dt.datetime.fromisoformat(cursor[1]), cursor[2])
            begin = sum((one.at, one.key) <= after for one in rows)
            begin -= "duplicated_row" in faults
        if cursor and "total_changes" in faults:
            del rows[-1:]
        chosen = rows[begin : begin + int(request.query["$top"])]
        extra = 10 if second and "restated_day" in faults else 0
        body: dict[str, object] = {"odata.metadata": f"{self.stage.url()}/$metadata#{name}"}
        if "no_count" not in faults:
            body["odata.count"] = str(total)
        body["value"] = [_row(one, faults, extra) for one in chosen]
        return Reply.of(body)


def _row(one: Document, faults: frozenset[str], extra: int = 0) -> dict[str, object]:
    row: dict[str, object] = {
        "Ref_Key": one.key,
        "Number": one.number,
        "Date": one.at.isoformat(),
        "Posted": one.posted,
        "DeletionMark": one.deleted,
        "Контрагент_Key": one.customer,
        "СуммаДокумента": None if "null_metric" in faults else one.amount + extra,
        "Сделка_Key": one.order,
    }
    # $select leaves only what was asked; a sale has no reference to a sale.
    row.pop("Сделка_Key" if one.order == NOBODY else "Контрагент_Key")
    if "new_field" in faults:
        row["СуммаБезСкидки"] = 1
    if "renamed_field" in faults:
        row["Сумма"] = row.pop("СуммаДокумента")
    return row


def error(status: int, code: str, text: str) -> Reply:
    """1C's error in JSON."""
    said = {"code": code, "message": {"lang": "ru", "value": text}}
    return Reply.of({"odata.error": said}, status)


def _refusal(faults: frozenset[str]) -> Reply | None:
    if "xml_500" in faults:
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><m:error xmlns:m="http://schemas.microsoft.com/'
            'ado/2007/08/dataservices/metadata"><m:code>-1</m:code><m:message xml:lang="ru">'
            "Конфликт блокировок</m:message></m:error>"
        )
        return Reply(500, text.encode(), "application/xml")
    for fault, status, code, text in (
        ("error_in_200", 200, "-1", "Сеанс завершён администратором"),
        ("no_document", 404, "9", "Сущность не найдена"),
        ("no_field", 400, "14", "Поле СуммаДокумента не найдено"),
        ("no_rights", 500, "20", "Нарушение прав доступа!"),
    ):
        if fault in faults:
            return error(status, code, text)
    return None


def _guid(number: Callable[..., int], *key: object) -> str:
    digits = f"{number(1 << 47, 'a', *key):012x}{number(1 << 47, 'b', *key):012x}00000000"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


PLAY = OneCPlay
