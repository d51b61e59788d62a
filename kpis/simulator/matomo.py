"""Answers as Matomo's reporting interface documents it: token in the POST body, days as keys,
``[]`` for a day without visits, errors as a body of their own, bulk answers in the order asked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl

from kpis.simulator.company import CURRENCY, SITES, TIME_ZONE, Figures
from kpis.simulator.faults import Fault

VERSION = "5.3.2"
Params = Mapping[str, str]


class MatomoError(Exception):
    """Becomes ``{"result": "error", "message": …}``; ``status`` as recent versions send it."""

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Matomo:
    """One installation: ``figures(site, day, grown)`` gives its numbers, ``today`` its date."""

    def __init__(
        self,
        *,
        token: str,
        figures: Callable[[int, dt.date, int], Figures | None],
        today: Callable[[], dt.date],
    ) -> None:
        self._token = token
        self._figures = figures
        self._today = today
        self._reads: dict[tuple[str, int, dt.date], int] = {}

    def answer(self, query: Params, form: Params, faults: frozenset[str]) -> tuple[int, bytes]:
        """Status and JSON body for one POST to ``index.php``."""
        try:
            self._authenticate(query, form, faults)
            if Fault.ERROR_BODY in faults:
                raise MatomoError("Mysqli prepare error: MySQL server has gone away")
            data = self._call({**query, **form}, faults)
        except MatomoError as error:
            return error.status, _json({"result": "error", "message": error.message})
        return 200, _json(data)

    def _authenticate(self, query: Params, form: Params, faults: frozenset[str]) -> None:
        if Fault.TOKEN_EXPIRED in faults:
            raise MatomoError(
                "Unable to authenticate with the provided token. It is either invalid or expired."
            )
        if "token_auth" in query:
            raise MatomoError(
                "Unable to authenticate with the provided token. It is either invalid, expired or "
                "is required to be sent as a POST parameter.",
                401,
            )
        if form.get("token_auth", "anonymous") == "anonymous":
            raise MatomoError(
                "You can't access this resource as it requires 'view' access for at least one "
                "website.",
                401,
            )
        if form["token_auth"] != self._token:
            raise MatomoError(
                "Unable to authenticate with the provided token. It is either invalid or expired.",
                401,
            )

    def _call(self, params: Params, faults: frozenset[str]) -> object:
        method = params.get("method", "")
        if method == "API.getBulkRequest":
            return self._bulk(params, faults)
        if method == "API.getMatomoVersion":
            return {"value": VERSION}
        if method == "SitesManager.getSiteFromId":
            return self._site(self._site_id(params))
        if method == "SitesManager.getSitesWithAtLeastViewAccess":
            return [self._site(number) for number in SITES]
        if method in ("VisitsSummary.get", "Goals.get", "Referrers.getCampaigns"):
            return self._report(method, params, faults)
        module, _, action = method.partition(".")
        raise MatomoError(
            f"The method '{action}' does not exist or is not available in the module "
            f"'\\Piwik\\Plugins\\{module}\\API'."
        )

    def _bulk(self, params: Params, faults: frozenset[str]) -> list[object]:
        answers: list[object] = []
        index = 0
        while (url := params.get(f"urls[{index}]")) is not None:
            try:
                answers.append(self._call(dict(parse_qsl(url.removeprefix("?"))), faults))
            except MatomoError as error:
                answers.append({"result": "error", "message": error.message})
            index += 1
        if Fault.BULK_ELEMENT_FAILED in faults and answers:
            answers[-1] = {"result": "error", "message": "Mysqli prepare error: Lock wait timeout"}
        return answers

    def _site_id(self, params: Params) -> int:
        number = params.get("idSite", "")
        if not number.isdecimal() or int(number) not in SITES:
            raise MatomoError(
                "You can't access this resource as it requires 'view' access for the website "
                f"id = {number}.",
                401,
            )
        return int(number)

    def _site(self, number: int) -> dict[str, object]:
        site = SITES[number]
        return {
            "idsite": number,
            "name": site.name,
            "main_url": site.url,
            "ts_created": "2023-12-20 09:00:00",
            "ecommerce": 1,
            "sitesearch": 1,
            "timezone": TIME_ZONE,
            "currency": CURRENCY,
            "type": "website",
            "group": "",
        }

    def _report(self, method: str, params: Params, faults: frozenset[str]) -> object:
        site = self._site_id(params)
        if params.get("period") != "day":
            raise MatomoError("The simulator answers for period=day only.")
        days = self._days(params.get("date", ""))
        if method == "Goals.get" and params.get("idGoal") != "ecommerceOrder":
            raise MatomoError("The simulator knows the goal 'ecommerceOrder' only.")
        report = _REPORTS[method]
        last = days[-1]
        answer: dict[str, object] = {}
        for day in days:
            read = self._reads[method, site, day] = self._reads.get((method, site, day), 0) + 1
            again = read > 1
            if again and day == last and Fault.VANISHED_DAY in faults:
                continue
            grown = 1090 if again and day == last and Fault.RESTATED_DAY in faults else 1000
            found = self._figures(site, day, grown)
            rows = report(found) if found else []
            if again and Fault.VANISHED_CAMPAIGN in faults and method == "Referrers.getCampaigns":
                rows = rows[1:]
            rows = [_spoil(row, faults, last=day == last) for row in rows]
            answer[day.isoformat()] = (
                rows if method == "Referrers.getCampaigns" else (rows[0] if rows else [])
            )
        return answer if "," in params["date"] else answer.get(last.isoformat(), [])

    def _days(self, date: str) -> list[dt.date]:
        words = {"today": self._today(), "yesterday": self._today() - dt.timedelta(days=1)}
        first, _, last = date.partition(",")
        try:
            start, end = (
                words.get(part) or dt.date.fromisoformat(part) for part in (first, last or first)
            )
        except ValueError as error:
            raise MatomoError(
                "Date format must be: YYYY-MM-DD, or 'today' or 'yesterday' or any keyword "
                "supported by the strtotime function."
            ) from error
        if end < start:
            raise MatomoError("The end of the range is before its start.")
        return [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]


def _visits(found: Figures) -> list[dict[str, object]]:
    return [
        {
            "nb_uniq_visitors": found.users,
            "nb_users": 0,
            "nb_visits": found.sessions,
            "nb_actions": found.page_actions,
            "nb_visits_converted": found.orders,
            "bounce_count": found.bounces,
            "sum_visit_length": found.session_seconds,
            "max_actions": 40,
            "bounce_rate": f"{100 * found.bounces // max(found.sessions, 1)}%",
            "nb_actions_per_visit": round(Decimal(found.page_actions) / max(found.sessions, 1), 1),
            "avg_time_on_site": found.session_seconds // max(found.sessions, 1),
        }
    ]


def _orders(found: Figures) -> list[dict[str, object]]:
    bill = round(found.revenue / found.orders, 2) if found.orders else 0
    return [
        {
            "nb_conversions": found.orders,
            "nb_visits_converted": found.orders,
            "revenue": found.revenue,
            "revenue_subtotal": found.revenue,
            "revenue_tax": 0,
            "revenue_shipping": 0,
            "revenue_discount": 0,
            "items": found.items_sold,
            "avg_order_revenue": bill,
            "conversion_rate": f"{round(Decimal(100 * found.orders) / max(found.sessions, 1), 2)}%",
        }
    ]


def _campaigns(found: Figures) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "nb_uniq_visitors": count * 9 // 10,
            "nb_visits": count,
            "nb_actions": count * 4,
            "nb_users": 0,
            "max_actions": 20,
            "sum_visit_length": count * 180,
            "bounce_count": count * 4 // 10,
            "nb_visits_converted": count // 50,
            "segment": f"referrerType==campaign;referrerName=={label}",
            "idsubdatatable": index + 1,
        }
        for index, (label, count) in enumerate(found.campaigns.items())
    ]


_REPORTS: dict[str, Callable[[Figures], list[dict[str, object]]]] = {
    "VisitsSummary.get": _visits,
    "Goals.get": _orders,
    "Referrers.getCampaigns": _campaigns,
}


def _spoil(row: dict[str, object], faults: frozenset[str], *, last: bool) -> dict[str, object]:
    """The row as a vendor with these faults would send it."""
    main = "nb_visits" if "nb_visits" in row else "nb_conversions"
    row = dict(row)
    if Fault.NULL_METRIC in faults and last:
        row[main] = None
    if Fault.STRING_NUMBERS in faults:
        row = {
            key: str(value) if isinstance(value, int | Decimal) else value
            for key, value in row.items()
        }
    if Fault.NEW_FIELD in faults:
        row["nb_hologram_views"] = 7
    if Fault.RENAMED_FIELD in faults:
        row = {("total_count" if key == main else key): value for key, value in row.items()}
    return row


def _json(data: object) -> bytes:
    """As PHP writes it: money is a JSON number whose shortest form has the same two digits."""
    return json.dumps(data, ensure_ascii=False, default=_number).encode()


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} does not belong in an answer")
