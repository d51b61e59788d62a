"""The statistics commands of Mango Office as known, for the simulator."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from kpis.register.connectors.telephony_play import ShopCall, calls_of, truth_of
from kpis.simulator.play import Play, Reply, Request, Truth

KEY = "mango-demo-code-0001"
SALT = "mango-demo-salt-0001"
LONGEST = 31 * 86400
_CSV = "text/csv; charset=utf-8"


class MangoPlay(Play):
    """Remembers the reports that were ordered."""

    kind: ClassVar[str] = "mango"
    vendor: ClassVar[str] = "Mango Office"
    own_faults: ClassVar[dict[str, str]] = {
        "not_ready": "204: the report is still being made",
        "report_lost": "404: the order is not known any more",
        "bad_params": '{"result":3100} on an order',
        "account_limited": '{"result":2001}: the account is limited',
        "unknown_error": '{"result":1999}',
        "duplicated_row": "the first row comes twice",
        "restated_day": "the last call is a minute longer in the second report",
        "vanished_row": "the last call is gone in the second report",
        "null_metric": "the first answered row does not say when it ended",
        "new_field": "every row has one more column",
        "fewer_fields": "every row has one column less",
        "no_calls": "an empty report",
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._orders: dict[str, tuple[int, int, list[str], int]] = {}
        self._asked: dict[tuple[int, int], int] = {}

    def source_settings(self) -> dict[str, object]:
        """As the settings form stores them."""
        return {"base_url": f"{self.stage.url()}/vpbx", "time_zone": self.time_zone}

    def source_secrets(self) -> dict[str, str]:
        """Both halves of the demo key."""
        return {"api_key": KEY, "api_salt": SALT}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """An order, a report, or a refusal."""
        form = request.form()
        text = form.get("json", "")
        expected = hashlib.sha256(f"{KEY}{text}{SALT}".encode()).hexdigest()
        if request.method != "POST":
            return _result(3101)
        if form.get("vpbx_api_key") != KEY:
            return _result(3105, 401)
        if form.get("sign") != expected:
            return _result(3102, 401)
        for fault, code in (("account_limited", 2001), ("unknown_error", 1999)):
            if fault in faults:
                return _result(code)
        values = json.loads(text)
        match request.path:
            case "/vpbx/stats/request":
                return self._order(values, faults)
            case "/vpbx/stats/result":
                return self._report(values, faults)
        return Reply(404, b"Not Found", "text/plain")

    def error_body(self, request: Request) -> Reply:
        """200 with a code of the vendor's own."""
        return _result(5000)

    def token_expired(self, request: Request) -> Reply:
        """The code of the exchange is no longer good; the answer repeats it."""
        sent = request.form().get("vpbx_api_key", "")
        return Reply.of({"result": 3105, "message": f"key {sent} is not valid"}, 401)

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """By line and day."""
        return truth_of(call for call in self._calls(first, last) if not _is_outgoing(call))

    def _calls(self, first: dt.date, last: dt.date) -> list[ShopCall]:
        zone = ZoneInfo(self.time_zone)
        return [call for day in self.days(first, last) for call in calls_of(self.stage, day, zone)]

    def _order(self, values: dict[str, Any], faults: frozenset[str]) -> Reply:
        try:
            since, until = int(values["date_from"]), int(values["date_to"])
            fields = str(values["fields"]).split(",")
        except (KeyError, ValueError):
            return _result(3103)
        if since >= until or until - since > LONGEST or "bad_params" in faults:
            return _result(3100)
        times = self._asked[since, until] = self._asked.get((since, until), 0) + 1
        key = hashlib.sha256(f"{since}:{until}:{times}".encode()).hexdigest()[:24]
        self._orders[key] = (since, until, fields, times)
        return Reply.of({"key": key})

    def _report(self, values: dict[str, Any], faults: frozenset[str]) -> Reply:
        order = self._orders.get(str(values.get("key")))
        if order is None or "report_lost" in faults:
            return Reply(404, b"", "text/plain")
        if "not_ready" in faults:
            return Reply(204)
        since, until, fields, times = order
        zone = ZoneInfo(self.time_zone)
        first, last = (dt.datetime.fromtimestamp(at, zone).date() for at in (since, until))
        calls = [
            call
            for call in self._calls(first, last)
            if since <= call.at.timestamp() <= until and "no_calls" not in faults
        ]
        longer = 60 if times > 1 and "restated_day" in faults else 0
        if times > 1 and "vanished_row" in faults:
            calls = [call for call in calls if call.number != _last_answered(calls)]
        rows = [
            leg
            for call in calls
            for leg in self._legs(call, longer if call.number == _last_answered(calls) else 0)
            if since <= int(leg["start"]) <= until
        ]
        if "duplicated_row" in faults:
            rows = [rows[0], *rows]
        if "null_metric" in faults:
            next(row for row in rows if row["answer"] != "0")["finish"] = ""
        lines = [";".join(row[name] for name in fields) for row in rows]
        if "new_field" in faults:
            lines = [f"{line};1" for line in lines]
        if "fewer_fields" in faults:
            lines = [line.rpartition(";")[0] for line in lines]
        return Reply(200, "".join(f"{line}\r\n" for line in lines).encode(), _CSV)

    def _legs(self, call: ShopCall, longer: int) -> list[dict[str, str]]:
        """It rings at one employee, then at another; a long talk is handed over."""
        start = int(call.at.timestamp())
        asked = start + call.wait
        end = asked + call.seconds + longer
        first, second = (f"{11 + self.stage.number(4, 'ext', call.number, n)}" for n in (1, 2))
        outside = {"from_extension": "", "from_number": call.caller, "to_number": "sip"}
        if _is_outgoing(call):
            outside = {"from_extension": first, "from_number": "sip", "to_number": call.caller}
        common = {
            "entry_id": f"MjA4{call.number:09d}",
            "line_number": call.line,
            "disconnect_reason": "1110",
            "location": "abonent",
            "records": f"[{call.number}]" if call.answered else "[]",
            **outside,
        }
        rang = {
            **common,
            "start": str(start),
            "finish": str(asked),
            "answer": "0",
            "to_extension": first,
        }
        if not call.answered:
            return [rang]
        middle = asked + call.seconds // 2
        if call.seconds < 200:
            ends = [(asked, end, second)]
        else:
            ends = [(asked, middle, second), (middle, end, first)]
        return [
            rang,
            *(
                {
                    **common,
                    "start": str(since),
                    "answer": str(since),
                    "finish": str(until),
                    "to_extension": who,
                }
                for since, until, who in ends
            ),
        ]


PLAY = MangoPlay


def _is_outgoing(call: ShopCall) -> bool:
    """The last calls of a busy line are the shop's own."""
    return call.number % 10 > 6


def _last_answered(calls: list[ShopCall]) -> int:
    told = [call.number for call in calls if call.answered and not _is_outgoing(call)]
    return told[-4] if len(told) > 4 else 0


def _result(code: int, status: int = 200) -> Reply:
    return Reply.of({"result": code}, status)
