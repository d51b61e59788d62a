"""The Data API of UIS as documented, for the simulator."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from kpis.register.connectors.telephony_play import ShopCall, calls_of, truth_of
from kpis.simulator.play import Play, Reply, Request, Truth

TOKEN = "uis-demo-key-0001"  # noqa: S105  opens invented figures only
LARGEST_PAGE = 10_000
LARGEST_OFFSET = 100_000
MINUTE_POINTS, DAY_POINTS = 500, 20_000
CAMPAIGNS = (
    (411, "Поиск: чай", "yandex", "cpc", "tea_search"),
    (412, "Ретаргетинг", "vk", "cpm", "remarketing"),
    (413, "Посетители без рекламной кампании", "", "", ""),
)


class UisPlay(Play):
    """Counts how often a window was asked for: some faults begin with the second reading."""

    kind: ClassVar[str] = "uis"
    vendor: ClassVar[str] = "UIS"
    own_faults: ClassVar[dict[str, str]] = {
        "day_limit": "the points of the day are used up",
        "ip_refused": "the caller's address is not on the white list",
        "component_disabled": "a component of the account is switched off",
        "invalid_params": "-32602 for a field",
        "unknown_error": "an error code nobody knows",
        "token_expires_midway": "the key expires after the first page",
        "duplicated_row": "a page begins with the last row of the page before",
        "total_changes": "the total grows after the first page",
        "restated_day": "the last call is a minute longer on the second reading",
        "vanished_row": "the last call is gone on the second reading",
        "null_metric": "the talk time of the first row is null",
        "new_field": "every row has a field nobody has agreed on",
        "renamed_field": "is_lost has another name",
        "other_zone": "the account is in Asia/Yekaterinburg",
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._asked: dict[tuple[str, str], int] = {}

    def source_settings(self) -> dict[str, object]:
        """As the settings form stores them."""
        return {
            "base_url": f"{self.stage.url()}/v2.0",
            "time_zone": self.time_zone,
            "good_tags": "Целевой",
            "junk_tags": "Спам",
        }

    def source_secrets(self) -> dict[str, str]:
        """The key of the demo account."""
        return {"access_token": TOKEN}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """The result of a method, or the error it would get."""
        body = request.json()
        if request.method != "POST" or request.path != "/v2.0":
            return Reply(404, b"Not Found", "text/plain")
        params = body.get("params")
        if body.get("jsonrpc") != "2.0" or not isinstance(params, dict):
            return _error(-32600, "Invalid Request", "invalid_request")
        if params.get("access_token") != TOKEN:
            return _error(-32001, "Access token is invalid", "access_token_invalid")
        if "ip_refused" in faults:
            return _error(-32009, "IP is not in whitelist", "ip_not_whitelisted")
        if "day_limit" in faults:
            return _error(-32029, "Limit exceeded", "limit_exceeded", _limits(day=0, reset=5400))
        if "unknown_error" in faults:
            return _error(-32099, "Something else", "strange_thing")
        method = body.get("method")
        if method == "get.account":
            zone = "Asia/Yekaterinburg" if "other_zone" in faults else self.time_zone
            return _result([{"app_id": 1189, "name": "Северный чай", "timezone": zone}], 1)
        if method == "get.calls_report":
            return self._calls(params, faults)
        return _error(-32601, "Method not found", "method_not_found")

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """200 with an error; the hint is in its metadata."""
        limits = None if seconds is None else _limits(day=19_000, reset=3600, minute=seconds)
        return _error(-32029, "Limit exceeded", "limit_exceeded", limits)

    def error_body(self, request: Request) -> Reply:
        """200 with an error of the vendor's own."""
        return _error(-32603, "Internal error", "internal_error")

    def token_expired(self, request: Request) -> Reply:
        """200 with an error: the key has expired. Such an answer repeats what was sent."""
        sent = request.json().get("params")
        token = sent.get("access_token") if isinstance(sent, dict) else ""
        return _error(-32001, f"Access token {token} has been expired", "access_token_expired")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """By line and day."""
        return truth_of(call for call in self._all(first, last) if not _is_outgoing(call))

    def _all(self, first: dt.date, last: dt.date) -> list[ShopCall]:
        zone = ZoneInfo(self.time_zone)
        return [call for day in self.days(first, last) for call in calls_of(self.stage, day, zone)]

    def _calls(self, params: dict[str, Any], faults: frozenset[str]) -> Reply:
        if "component_disabled" in faults:
            return _error(-32008, "Component is disabled", "method_component_disabled")
        try:
            first, last = (
                dt.datetime.strptime(str(params[name]), "%Y-%m-%d %H:%M:%S").date()  # noqa: DTZ007
                for name in ("date_from", "date_till")
            )
            limit, offset = int(params.get("limit", 1000)), int(params.get("offset", 0))
        except (KeyError, ValueError):
            return _invalid("date_from")
        if not 1 <= limit <= LARGEST_PAGE:
            return _invalid("limit")
        if not 0 <= offset <= LARGEST_OFFSET or "invalid_params" in faults:
            return _invalid("offset")
        if offset and "token_expires_midway" in faults:
            return _error(-32001, "Access token has been expired", "access_token_expired")
        window = (str(first), str(last))
        self._asked[window] = self._asked.get(window, 0) + (offset == 0)
        rows = [self._row(call) for call in self._all(first, last)]
        wanted = params.get("filter")
        if isinstance(wanted, dict) and wanted.get("field") == "direction":
            rows = [row for row in rows if row["direction"] == wanted.get("value")]
        rows.sort(key=lambda row: row["id"])
        if self._asked[window] > 1 and rows:
            if "restated_day" in faults:
                rows[-1]["talk_duration"] += 60
                rows[-1]["is_lost"] = False
            if "vanished_row" in faults:
                rows = rows[:-1]
        page = rows[offset : offset + limit]
        if offset and "duplicated_row" in faults:
            page = [rows[offset - 1], *page]
        total = len(rows) + (1 if offset and "total_changes" in faults else 0)
        fields = params.get("fields") or list(rows[0] if rows else ())
        unknown = [name for name in fields if rows and name not in rows[0]]
        if unknown:
            return _invalid("fields")
        return _result([_spoilt(row, fields, n, faults) for n, row in enumerate(page)], total)

    def _row(self, call: ShopCall) -> dict[str, Any]:
        number, name, source, medium, campaign = CAMPAIGNS[
            self.stage.number(len(CAMPAIGNS), "campaign", call.number)
        ]
        tagged = self.stage.number(8, "tag", call.number)
        sold = self.stage.number(11, "sale", call.number) == 0 and call.answered
        return {
            "id": 700_000_000 + call.number,
            "start_time": call.at.strftime("%Y-%m-%d %H:%M:%S"),
            "direction": "out" if _is_outgoing(call) else "in",
            "is_lost": not call.answered,
            "talk_duration": call.seconds,
            "contact_phone_number": call.caller,
            "virtual_phone_number": call.line,
            "last_answered_employee_full_name": call.person or None,
            "person_id": 5000 + int(call.caller[-2:]),
            "channel": "context" if medium == "cpc" else "direct",
            "campaign_id": number,
            "campaign_name": name,
            "utm_source": source or None,
            "utm_medium": medium or None,
            "utm_campaign": campaign or None,
            "utm_content": None,
            "utm_term": None,
            "ym_client_id": f"16{call.number:017d}" if source == "yandex" else None,
            "ua_client_id": f"{call.number}.1700000000" if source else None,
            "yclid": f"{call.number * 7919}" if source == "yandex" else None,
            "gclid": None,
            "referrer_domain": "yandex.ru" if source == "yandex" else None,
            "sale_date": call.at.strftime("%Y-%m-%d %H:%M:%S") if sold else None,
            "tags": [
                {"tag_id": tagged, "tag_name": _TAG_NAMES[tagged], "tag_type": "communication"}
            ]
            if tagged in _TAG_NAMES
            else None,
        }


PLAY = UisPlay
_TAG_NAMES = {1: "Целевой", 2: "Спам", 3: "Перезвонить"}


def _is_outgoing(call: ShopCall) -> bool:
    """The last calls of a busy line are the shop's own."""
    return call.number % 10 > 6


def _spoilt(
    row: dict[str, Any], fields: list[str], place: int, faults: frozenset[str]
) -> dict[str, Any]:
    """The fields asked for, with the faults that are on."""
    shown = {name: row[name] for name in fields}
    if place == 0 and "null_metric" in faults:
        shown["talk_duration"] = None
    if "new_field" in faults:
        shown["mood"] = "good"
    if "renamed_field" in faults and "is_lost" in shown:
        shown["lost"] = shown.pop("is_lost")
    return shown


def _limits(*, day: int, reset: int, minute: int = 20) -> dict[str, Any]:
    return {
        "day_limit": DAY_POINTS,
        "day_remaining": day,
        "day_reset": reset,
        "minute_limit": MINUTE_POINTS,
        "minute_remaining": 0,
        "minute_reset": minute,
    }


def _result(rows: list[dict[str, Any]], total: int) -> Reply:
    limits = {**_limits(day=DAY_POINTS - 40, reset=3600), "minute_remaining": MINUTE_POINTS - 3}
    metadata = {"total_items": total, "limits": limits}
    result = {"data": rows, "metadata": metadata}
    return Reply.of({"jsonrpc": "2.0", "id": 1, "result": result})


def _invalid(name: str) -> Reply:
    return _error(-32602, f"Invalid parameter {name}", "invalid_parameter_value")


def _error(code: int, text: str, mnemonic: str, limits: dict[str, Any] | None = None) -> Reply:
    data = {
        "mnemonic": mnemonic,
        "params": {},
        "metadata": {"limits": limits} if limits else {},
    }
    error = {"code": code, "message": text, "data": data}
    return Reply.of({"jsonrpc": "2.0", "id": 1, "error": error})
