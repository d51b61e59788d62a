"""Unisender as it answers: methods by POST, errors inside a 200."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from kpis.register.connectors.mailers_play import (
    ShopMailing,
    list_sizes,
    mailings_of,
    truth_of,
)
from kpis.register.connectors.unisender.mapping import FIGURES, METRICS
from kpis.simulator.play import Play, Reply, Request, Truth

API_KEY = "6pw4demo7kqunisender0key"
_FIELDS = {**FIGURES, "unsubscribes": "unsubscribed", "complaints": "spam"}
_LARGEST_PAGE = 100


class UnisenderPlay(Play):
    """The shop's account."""

    kind: ClassVar[str] = "unisender"
    vendor: ClassVar[str] = "Unisender"
    own_faults: ClassVar[Mapping[str, str]] = {
        "duplicated_row": "the last row of a page comes again on the next",
        "list_moves": "a mailing appears while the list is read",
        "restated_day": "opens and clicks of past mailings have grown",
        "vanished_row": "the newest mailing of the window is no more",
        "null_metric": "one figure is null",
        "missing_metric": "complaints are left out",
        "new_field": "an unknown field comes",
        "renamed_field": "a figure has another name",
        "totals_refused": "the totals of one mailing are refused",
        "all_totals_refused": "the totals of every mailing are refused",
        "address_limit": "too many calls from this address",
        "no_money": "the account has no money",
        "unknown_error": "an error nobody agreed on",
    }

    def source_settings(self) -> dict[str, object]:
        """Days of the shop, lists wanted."""
        return {**super().source_settings(), "time_zone": self.time_zone, "lists": True}

    def source_secrets(self) -> dict[str, str]:
        """The demo key."""
        return {"api_key": API_KEY}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """The method named by the path."""
        form = request.form()
        if request.method != "POST" or form.get("api_key") != API_KEY:
            return _error("invalid_api_key", f"Key {form.get('api_key')} is invalid")
        if "address_limit" in faults:
            return _error("api_call_limit_exceeded_for_ip", "Too many calls from this IP")
        if "no_money" in faults:
            return _error("not_enough_money", "Not enough money")
        if "unknown_error" in faults:
            return _error("unspecified", "Something else")
        match request.path.strip("/"):
            case "getCampaigns":
                return self._campaigns(form, faults)
            case "getCampaignCommonStats":
                return self._stats(form, faults)
            case "getLists":
                return _result([{"id": n, "title": name} for n, name, _ in list_sizes(self.stage)])
            case "getContactCount":
                return self._count(form)
            case _:
                return _error("unknown_method", "Unknown method")

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """An error inside a 200; a hint only where a proxy adds one."""
        reply = _error("api_call_limit_exceeded_for_api_key", "Too many calls with this key")
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Reply(200, reply.body, reply.content_type, headers)

    def error_body(self, request: Request) -> Reply:
        """Its own word for "later"."""
        return _error("retry_later", "Try again later")

    def token_expired(self, request: Request) -> Reply:
        """The key was replaced in the cabinet."""
        return _error("invalid_api_key", "Key is invalid")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """The totals of the mailings sent in these days."""
        found = mailings_of(self.stage)
        return truth_of(found, lambda mailing: str(mailing.number), METRICS, (first, last))

    def _campaigns(self, form: dict[str, str], faults: frozenset[str]) -> Reply:
        limit, offset = int(form.get("limit", "50")), int(form.get("offset", "0"))
        if not 1 <= limit <= _LARGEST_PAGE:
            return _error("invalid_arg", "limit must be from 1 to 100")
        first, last = form.get("from", ""), form.get("to", "9999")
        rows = [m for m in mailings_of(self.stage) if first <= _utc(m) <= last]
        if "vanished_row" in faults:
            rows = [m for m in rows if m.sent][1:]
        if "list_moves" in faults and offset:
            offset -= 1
        page = rows[offset : offset + limit]
        if "duplicated_row" in faults and offset:
            page = [page[0], *page]
        listed = [_row(mailing) for mailing in page]
        if "new_field" in faults:
            listed = [{**row, "segment_id": 7} for row in listed]
        if "renamed_field" in faults:
            listed = [{"state": row.pop("status"), **row} for row in listed]
        return _result(listed)

    def _stats(self, form: dict[str, str], faults: frozenset[str]) -> Reply:
        grown = 9 if "restated_day" in faults else 0
        by_key = {str(m.number): m for m in mailings_of(self.stage, grown=grown) if m.sent}
        mailing = by_key.get(form.get("campaign_id", ""))
        if mailing is None or "all_totals_refused" in faults or self._refused(mailing, faults):
            return _error("invalid_arg", "Campaign is not found")
        stats: dict[str, object] = {
            "total": mailing.figures["sends"] + 3,
            **{name: mailing.figures[metric] for metric, name in _FIELDS.items()},
        }
        if "null_metric" in faults:
            stats["read_unique"] = None
        if "missing_metric" in faults:
            del stats["spam"]
        return _result(stats)

    def _refused(self, mailing: ShopMailing, faults: frozenset[str]) -> bool:
        return "totals_refused" in faults and mailing.at.time() == dt.time(0, 20)

    def _count(self, form: dict[str, str]) -> Reply:
        if form.get("params[type]") != "address":
            return _error("invalid_arg", "params is required")
        for number, _name, size in list_sizes(self.stage):
            if str(number) == form.get("list_id"):
                return _result(
                    {"listId": number, "searchParams": {"type": "address"}, "count": size}
                )
        return _error("invalid_arg", "No such list")


def _utc(mailing: ShopMailing) -> str:
    return mailing.utc.strftime("%Y-%m-%d %H:%M:%S")


def _row(mailing: ShopMailing) -> dict[str, object]:
    return {
        "id": mailing.number,
        "start_time": _utc(mailing),
        "status": "completed" if mailing.sent else "scheduled",
        "message_id": 700000 + mailing.number,
        "list_id": 101,
        "subject": mailing.subject,
        "sender_name": "Северный чай",
        "sender_email": "hello@severny-chai.example",
        "stats_url": f"https://cp.unisender.example/campaign/{mailing.number}",
    }


def _result(result: object) -> Reply:
    return Reply.of({"result": result})


def _error(code: str, words: str) -> Reply:
    return Reply.of({"error": words, "code": code, "result": ""})


PLAY = UnisenderPlay
