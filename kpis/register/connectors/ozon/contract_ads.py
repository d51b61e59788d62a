"""The Performance API of the tea shop: a token, campaigns, reports made to order."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kpis.register.connectors.ozon.contract_figures import CAMPAIGNS, AdCampaign, Figures
from kpis.simulator.play import Reply, Request

PERFORMANCE_ID = "85124-1730000000000@advertising.performance.ozon.ru"
PERFORMANCE_SECRET = "performance-demo-secret"  # noqa: S105  opens invented figures only
_HEAD = (
    "День;sku;Название товара;Цена товара, ₽;Показы;Клики;CTR, %;Добавления в корзину;"
    "Средняя стоимость клика, ₽;Расход, ₽, с НДС;Продано товаров;Дата добавления"
)
_BOMB = 40 * 1024 * 1024


@dataclass
class _Order:
    """A report that was ordered; ``polls`` is how often its state was asked."""

    campaigns: list[str]
    first: dt.date
    last: dt.date
    polls: int = 0


class AdDesk:
    """Answers for ``/api/client``. Remembers tokens and orders."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._issued = 0
        self._valid = ""
        self._orders: dict[str, _Order] = {}
        self._reads: Counter[str] = Counter()

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """One request."""
        if request.path == "/api/client/token":
            return self._token(request)
        if "token_expires_midway" in faults and self._valid:
            self._valid = ""
        if not self._valid or request.headers.get("authorization") != f"Bearer {self._valid}":
            return refused(401, "Запрос не аутентифицирован")
        if request.path == "/api/client/campaign":
            return Reply.of({"list": [_described(one) for one in CAMPAIGNS], "total": "5"})
        if request.path == "/api/client/statistics/report":
            return self._report(request.query.get("UUID", ""), faults)
        if request.path == "/api/client/statistics":
            return self._order(request, faults)
        return self._state(request.path.removeprefix("/api/client/statistics/"), faults)

    def _token(self, request: Request) -> Reply:
        sent = request.json()
        given = (sent.get("client_id"), sent.get("client_secret"), sent.get("grant_type"))
        if given != (PERFORMANCE_ID, PERFORMANCE_SECRET, "client_credentials"):
            return refused(401, f"client {sent.get('client_secret')} is unknown")
        self._issued += 1
        self._valid = f"performance-access-token-{self._issued:04d}"
        return Reply.of({"access_token": self._valid, "expires_in": 1800, "token_type": "Bearer"})

    def _order(self, request: Request, faults: frozenset[str]) -> Reply:
        sent = request.json()
        named = sent.get("campaigns")
        campaigns = [str(key) for key in named] if isinstance(named, list) else []
        known = {str(one.number): one for one in CAMPAIGNS}
        if not 0 < len(campaigns) <= 10 or not set(campaigns) <= set(known):
            return refused(400, "campaigns: wrong list")
        if "too_many_reports" in faults:
            return refused(429, "Превышен лимит активных запросов для аккаунта (1)")
        sorts = {known[key].sort for key in campaigns}
        if "SEARCH_PROMO" in sorts or ("forbidden_kind" in faults and "BANNER" in sorts):
            return refused(400, "generation of this type of report is forbidden")
        days = (str(sent.get(name, "")) for name in ("dateFrom", "dateTo"))
        first, last = (dt.date.fromisoformat(day) for day in days)
        uuid = f"0c159c60-ab92-46d9-9a6b-{len(self._orders):012d}"
        self._orders[uuid] = _Order(campaigns, first, last)
        return Reply.of({"UUID": uuid, "vendor": False})

    def _state(self, uuid: str, faults: frozenset[str]) -> Reply:
        order = self._orders.get(uuid)
        if order is None or "report_lost" in faults:
            return refused(404, "report not found")
        order.polls += 1
        state = "OK"
        if "report_error" in faults:
            state = "ERROR"
        elif "report_queued" in faults and order.polls < 3:
            state = ("NOT_STARTED", "IN_PROGRESS")[order.polls - 1]
        return Reply.of({"UUID": uuid, "state": state, "kind": "STATS", "error": ""})

    def _report(self, uuid: str, faults: frozenset[str]) -> Reply:
        order = self._orders.get(uuid)
        if order is None:
            return refused(404, "report not found")
        name = f"{order.campaigns} {order.first} {order.last}"
        self._reads[name] += 1
        tables = {
            f"{key}_{order.first:%d.%m.%Y}-{order.last:%d.%m.%Y}.csv": self._table(
                key, order, faults, again=self._reads[name] > 1
            )
            for key in order.campaigns
        }
        if "zip_bomb" in faults:
            tables[next(iter(tables))] = b"0" * _BOMB
        elif len(tables) == 1:
            return Reply(200, next(iter(tables.values())), "text/csv; charset=utf-8")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in tables.items():
                file.writestr(name, content)
        return Reply(200, packed.getvalue(), "application/zip")

    def _table(self, key: str, order: _Order, faults: frozenset[str], *, again: bool) -> bytes:
        campaign = next(one for one in CAMPAIGNS if str(one.number) == key)
        head = _HEAD.replace("Расход", "Списано") if "renamed_field" in faults else _HEAD
        lines = [
            f";Кампания по продвижению товаров № {key}, период "
            f"{order.first:%d.%m.%Y}-{order.last:%d.%m.%Y}",
            head,
        ]
        shown = clicks = 0
        cost = Decimal(0)
        for number in range((order.last - order.first).days + 1):
            day = order.first + dt.timedelta(days=number)
            for sku, part in halves(self._figures.ad(campaign, day)):
                if "restated_day" in faults and again and day == order.last:
                    part = (part[0], part[1] + 1, part[2])
                shown, clicks, cost = shown + part[0], clicks + part[1], cost + part[2]
                spent = "" if "null_metric" in faults and day == order.last else _comma(part[2])
                lines.append(
                    f"{day:%d.%m.%Y};{sku};Чай;459,00;{_spaced(part[0])};{part[1]};1,1;3;9,10;"
                    f"{spent};2;01.01.2026"
                )
        if "short_report" in faults:
            lines.pop()
        lines.append(f"Всего;;;;{_spaced(shown)};{clicks};1,1;3;9,10;{_comma(cost)};2;")
        return "\n".join(lines).encode("utf-8-sig")


def refused(status: int, said: str) -> Reply:
    """The Performance API's envelope."""
    return Reply.of({"error": said}, status)


def halves(whole: tuple[int, int, Decimal]) -> Iterable[tuple[int, tuple[int, int, Decimal]]]:
    """The figures of a day on two products; nothing for a day without any."""
    shown, clicks, cost = whole
    if not shown:
        return []
    some = (cost / 3).quantize(Decimal("0.01"))
    first = (shown // 3, clicks // 3, some)
    return [
        (1560010001, first),
        (1560010002, (shown - first[0], clicks - first[1], cost - some)),
    ]


def _described(campaign: AdCampaign) -> dict[str, object]:
    return {
        "id": str(campaign.number),
        "title": campaign.title,
        "state": campaign.state,
        "advObjectType": campaign.sort,
        "paymentType": campaign.pays,
        "createdAt": "2025-01-01T06:28:44.055042Z",
        "updatedAt": "2025-06-01T06:28:44.055042Z",
        "dailyBudget": "0",
    }


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _comma(amount: Decimal) -> str:
    return str(amount).replace(".", ",")
