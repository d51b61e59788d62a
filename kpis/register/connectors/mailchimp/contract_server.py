"""Mailchimp as it answers: reports with a total, problems described in JSON."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from kpis.register.connectors.mailchimp.mapping import METRICS
from kpis.register.connectors.mailers_play import (
    ShopMailing,
    list_sizes,
    mailings_of,
    newest_closed,
    truth_of,
)
from kpis.simulator.play import Play, Reply, Request, Truth

API_KEY = "5f4demo0mailchimp0key0of0the0shop-us21"
_LARGEST_PAGE = 1000
_PROBLEM = "https://mailchimp.com/developer/marketing/docs/errors/"


class MailchimpPlay(Play):
    """The shop's account."""

    kind: ClassVar[str] = "mailchimp"
    vendor: ClassVar[str] = "Mailchimp"
    own_faults: ClassVar[Mapping[str, str]] = {
        "duplicated_row": "the last row of a page comes again on the next",
        "lost_row": "a row is lost between two pages",
        "total_changes": "the total grows while the list is read",
        "restated_day": "opens and clicks of past mailings have grown",
        "vanished_row": "the newest mailing before today is no more",
        "null_metric": "one figure is null",
        "new_field": "an unknown field comes",
        "renamed_field": "a figure has another name",
        "other_zone": "the account lives in New York",
        "unknown_zone": "the account's zone is none that is known",
        "no_machines": "opens by machines are not told apart",
        "wall": "the outer wall refuses with a page",
        "wrong_data_centre": "the key belongs to another data centre",
        "bad_request": "a parameter is refused",
    }

    def source_settings(self) -> dict[str, object]:
        """Lists wanted; the zone is the account's."""
        return {**super().source_settings(), "lists": True}

    def source_secrets(self) -> dict[str, str]:
        """The demo key."""
        return {"api_key": API_KEY}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """The address asked for."""
        kind, _blank, basic = request.headers.get("authorization", "").partition(" ")
        _user, _colon, key = base64.b64decode(basic).decode().partition(":")
        if kind != "Basic" or key != API_KEY:
            return _problem(401, "API Key Invalid", f"Your API key may be invalid: {key} {basic}")
        if "wall" in faults:
            return Reply(403, b"<html><h1>Access Denied</h1></html>", "text/html")
        if "wrong_data_centre" in faults:
            return _problem(403, "WrongDatacenter", "The API key is linked to another datacenter")
        if "bad_request" in faults:
            return _problem(400, "Bad Request", "The action requested was not valid")
        match request.path:
            case "/":
                return Reply.of(self._account(faults))
            case "/reports":
                return self._page(request, "reports", self._reports(request, faults), faults)
            case "/lists":
                return self._page(request, "lists", self._lists(), faults)
            case _:
                return _problem(404, "Resource Not Found", "The resource could not be found.")

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """Too many connections at a time."""
        reply = _problem(429, "Too Many Requests", "You have exceeded the limit of 10 connections")
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Reply(429, reply.body, reply.content_type, headers)

    def error_body(self, request: Request) -> Reply:
        """Its own temporary error."""
        return _problem(500, "InternalServerError", "An unexpected internal error has occurred")

    def token_expired(self, request: Request) -> Reply:
        """The key was switched off."""
        return _problem(401, "API Key Invalid", "Your API key may be invalid")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """The totals of the mailings sent in these days."""
        return truth_of(mailings_of(self.stage), _key, METRICS, (first, last))

    def _account(self, faults: frozenset[str]) -> dict[str, object]:
        zone = "America/New_York" if "other_zone" in faults else self.time_zone
        if "unknown_zone" in faults:
            zone = "Somewhere/Else"
        return {
            "account_id": "8d3a3db4d97663a9074efcc16",
            "account_name": "Северный чай",
            "account_timezone": zone,
        }

    def _page(
        self, request: Request, name: str, rows: Sequence[object], faults: frozenset[str]
    ) -> Reply:
        count, offset = int(request.query["count"]), int(request.query["offset"])
        if not 1 <= count <= _LARGEST_PAGE:
            return _problem(400, "Invalid Resource", "count must be at most 1000")
        shown = list(rows[offset : offset + count])
        if offset and "duplicated_row" in faults:
            shown.insert(0, rows[offset - 1])
        if offset and "lost_row" in faults:
            shown = shown[1:]
        total = len(rows) + bool(offset and "total_changes" in faults)
        return Reply.of({name: shown, "total_items": total})

    def _reports(self, request: Request, faults: frozenset[str]) -> list[dict[str, object]]:
        found = mailings_of(self.stage, grown=9 if "restated_day" in faults else 0)
        if "vanished_row" in faults:
            found.remove(newest_closed(self.stage, found))
        since = dt.datetime.fromisoformat(request.query["since_send_time"])
        before = dt.datetime.fromisoformat(request.query["before_send_time"])
        asked = [m for m in reversed(found) if m.sent and since < m.at < before]
        return [_report(mailing, faults) for mailing in asked]

    def _lists(self) -> list[dict[str, object]]:
        return [
            {
                "id": f"list{number}",
                "web_id": number,
                "name": name,
                "date_created": "2024-01-01T07:00:00+00:00",
                "visibility": "prv",
                "double_optin": True,
                "stats": {"member_count": size, "unsubscribe_count": 40, "cleaned_count": 12},
            }
            for number, name, size in list_sizes(self.stage)
        ]


def _key(mailing: ShopMailing) -> str:
    return f"{mailing.number:010x}"


def _report(mailing: ShopMailing, faults: frozenset[str]) -> dict[str, object]:
    figures = mailing.figures
    opens: dict[str, object] = {
        "opens_total": figures["opens"],
        "proxy_excluded_opens": figures["opens"] - figures["machine_opens"],
        "unique_opens": figures["unique_opens"],
        "open_rate": Decimal(figures["unique_opens"]) / Decimal(figures["deliveries"]),
        "last_open": mailing.utc.astimezone(ZoneInfo("UTC")).isoformat(),
    }
    if "no_machines" in faults:
        del opens["proxy_excluded_opens"]
    if "null_metric" in faults:
        opens["unique_opens"] = None
    if "renamed_field" in faults:
        opens["opens_count"] = opens.pop("opens_total")
    row: dict[str, object] = {
        "id": _key(mailing),
        "campaign_title": mailing.name,
        "type": "regular",
        "list_id": "list101",
        "list_is_active": True,
        "list_name": "Покупатели магазина",
        "subject_line": mailing.subject,
        "preview_text": "",
        "emails_sent": figures["sends"],
        "abuse_reports": figures["complaints"],
        "unsubscribed": figures["unsubscribes"],
        "send_time": mailing.utc.isoformat(),
        "bounces": {
            "hard_bounces": figures["hard_bounces"],
            "soft_bounces": figures["soft_bounces"],
            "syntax_errors": 0,
        },
        "forwards": {"forwards_count": 0, "forwards_opens": 0},
        "opens": opens,
        "clicks": {
            "clicks_total": figures["email_clicks"],
            "unique_clicks": figures["unique_email_clicks"] + 2,
            "unique_subscriber_clicks": figures["unique_email_clicks"],
            "click_rate": Decimal("0.021"),
            "last_click": "",
        },
        "delivery_status": {"enabled": False},
    }
    if "new_field" in faults:
        row["sms_replies"] = 3
    return row


def _problem(status: int, title: str, detail: str) -> Reply:
    body = {"type": _PROBLEM, "title": title, "status": status, "detail": detail, "instance": "i"}
    reply = Reply.of(body, status)
    return Reply(status, reply.body, "application/problem+json; charset=utf-8")


PLAY = MailchimpPlay
