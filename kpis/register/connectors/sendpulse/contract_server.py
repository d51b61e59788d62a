"""SendPulse as it answers: a token first, then bare lists and campaigns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import ClassVar

from kpis.register.connectors.mailers_play import (
    ShopMailing,
    list_sizes,
    mailings_of,
    newest_closed,
    truth_of,
)
from kpis.register.connectors.sendpulse.mapping import METRICS
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

CLIENT_ID = "sp-demo-id"
CLIENT_SECRET = "spDemo7secretOfTheShop"  # noqa: S105  opens invented figures only
_USES = 3


class SendpulsePlay(Play):
    """The shop's account."""

    kind: ClassVar[str] = "sendpulse"
    vendor: ClassVar[str] = "SendPulse"
    own_faults: ClassVar[Mapping[str, str]] = {
        "token_expires_midway": "a token is good for three requests only",
        "duplicated_row": "the last row of a page comes again on the next",
        "list_moves": "a mailing appears while the list is read",
        "gone_campaign": "campaigns of the list are not found when asked for",
        "restated_day": "opens and clicks of past mailings have grown",
        "vanished_row": "the newest mailing before today is no more",
        "null_metric": "one figure is null",
        "new_field": "an unknown field comes",
        "renamed_field": "a figure has another name",
        "no_moments": "the list does not tell when its campaigns were sent",
        "totals_object": "totals come as an object",
        "error_in_200": "an error inside a 200",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._issued = 0
        self._used = 0

    def source_settings(self) -> dict[str, object]:
        """Days of the shop, lists wanted."""
        return {
            **super().source_settings(),
            "client_id": CLIENT_ID,
            "time_zone": self.time_zone,
            "lists": True,
        }

    def source_secrets(self) -> dict[str, str]:
        """The demo secret."""
        return {"client_secret": CLIENT_SECRET}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """A token, or what a token opens."""
        if request.path == "/oauth/access_token":
            return self._token(request)
        if not request.path.startswith(("/campaigns", "/addressbooks")):
            return _error(404, 404, "Not Found")
        given = request.headers.get("authorization", "")
        self._used += 1
        spent = "token_expires_midway" in faults and self._used > _USES
        if not self._issued or given != f"Bearer {self._name()}" or spent:
            return _error(401, 1, f"The access token was not found or expired: {given}")
        if "error_in_200" in faults:
            return _error(200, 799, "Something else")
        if request.path == "/campaigns":
            return self._page(request, self._campaigns(faults), faults)
        if request.path == "/addressbooks":
            return self._page(request, self._lists(), faults)
        return self._campaign(request.path.rpartition("/")[2], faults)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """Too many requests in a second."""
        reply = _error(429, 429, "Too Many Requests")
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Reply(429, reply.body, reply.content_type, headers)

    def error_body(self, request: Request) -> Reply:
        """Its own temporary error."""
        return _error(500, 500, "Internal Server Error")

    def token_expired(self, request: Request) -> Reply:
        """No token is accepted any more."""
        if request.path == "/oauth/access_token":
            return self._token(request)
        return _error(401, 1, "The access token was not found or expired")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """The totals of the mailings sent in these days."""
        found = mailings_of(self.stage)
        return truth_of(found, lambda mailing: str(mailing.number), METRICS, (first, last))

    def _name(self) -> str:
        return f"spAccess{self.stage.number(10**9, 'token', self._issued)}x{self._issued}"

    def _token(self, request: Request) -> Reply:
        asked = request.json()
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            words = f"Client authentication failed: {asked.get('client_secret')}"
            return Reply.of({"error": "invalid_client", "error_code": 1, "message": words}, 401)
        self._issued += 1
        self._used = 0
        return Reply.of({"access_token": self._name(), "token_type": "Bearer", "expires_in": 3600})

    def _found(self, faults: frozenset[str]) -> list[ShopMailing]:
        found = mailings_of(self.stage, grown=9 if "restated_day" in faults else 0)
        if "vanished_row" in faults:
            found.remove(newest_closed(self.stage, found))
        return found

    def _page(
        self, request: Request, rows: Sequence[dict[str, object]], faults: frozenset[str]
    ) -> Reply:
        limit, offset = int(request.query["limit"]), int(request.query["offset"])
        if offset and "list_moves" in faults:
            offset -= 1
        shown = list(rows[offset : offset + limit])
        if offset and "duplicated_row" in faults:
            shown.insert(0, shown[0])
        return Reply.of(shown)

    def _campaigns(self, faults: frozenset[str]) -> list[dict[str, object]]:
        rows = [_row(mailing) for mailing in self._found(faults)]
        if "new_field" in faults:
            rows = [{**row, "folder": "весна"} for row in rows]
        if "no_moments" in faults:
            for row in rows:
                del row["send_date"]
        return rows

    def _campaign(self, key: str, faults: frozenset[str]) -> Reply:
        by_key = {str(mailing.number): mailing for mailing in self._found(faults)}
        if key not in by_key or "gone_campaign" in faults:
            return _error(404, 502, "Campaign not found")
        mailing = by_key[key]
        row = _row(mailing)
        if mailing.sent:
            row["statistics"] = _totals(mailing.figures, faults)
        row["permalink"] = f"https://archive.sendpulse.example/{key}/"
        return Reply.of(row)

    def _lists(self) -> list[dict[str, object]]:
        return [
            {
                "id": number,
                "name": name,
                "all_email_qty": size + 37,
                "active_email_qty": size,
                "inactive_email_qty": 37,
                "creationdate": "2024-01-01 10:00:00",
                "status": 0,
                "status_explain": "Active",
            }
            for number, name, size in list_sizes(self.stage)
        ]


def _row(mailing: ShopMailing) -> dict[str, object]:
    return {
        "id": mailing.number,
        "name": mailing.name,
        "message": {
            "sender_name": "Северный чай",
            "sender_email": "hello@severny-chai.example",
            "subject": mailing.subject,
            "attachments": "",
            "list_id": 101,
        },
        "status": 3 if mailing.sent else 1,
        "all_email_qty": mailing.figures["sends"],
        "tariff_email_qty": mailing.figures["sends"],
        "paid_email_qty": 0,
        "overdraft_price": 0,
        "overdraft_currency": "RUR",
        "send_date": mailing.at.strftime("%Y-%m-%d %H:%M:%S"),
    }


def _totals(figures: Mapping[str, int], faults: frozenset[str]) -> object:
    if "totals_object" in faults:
        return {
            "sent": figures["sends"],
            "delivered": figures["deliveries"],
            "opening": figures["unique_opens"],
            "link_redirected": figures["unique_email_clicks"],
            "unsubscribe": figures["unsubscribes"],
            "error": figures["hard_bounces"],
        }
    states: list[tuple[int, str, int]] = [
        (1, "Sent", figures["sends"]),
        (2, "Delivered", figures["deliveries"]),
        (3, "Opened", figures["unique_opens"]),
        (4, "Link redirected", figures["unique_email_clicks"]),
        (6, "Unsubscribed", figures["unsubscribes"]),
        (7, "Marked as spam", figures["complaints"]),
        (9, "Mailbox is full", figures["soft_bounces"]),
        (18, "Disable by administrator", figures["hard_bounces"]),
    ]
    name = "amount" if "renamed_field" in faults else "count"
    shown: list[dict[str, object]] = [
        {"code": code, name: count, "explain": words} for code, words, count in states
    ]
    if "null_metric" in faults:
        shown[2][name] = None
    return shown


def _error(status: int, code: int, words: str) -> Reply:
    return Reply.of({"error_code": code, "message": words}, status)


PLAY = SendpulsePlay
