"""listmonk as it answers: lists by page, everything inside ``data``."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import ClassVar

from kpis.register.connectors.listmonk.mapping import FIGURES, METRICS
from kpis.register.connectors.mailers_play import (
    ShopMailing,
    list_sizes,
    mailings_of,
    newest_closed,
    truth_of,
)
from kpis.simulator.play import Play, Reply, Request, Truth

USER = "modus"
TOKEN = "lmDemo7tokenOfTheShop"  # noqa: S105  opens invented figures only


class ListmonkPlay(Play):
    """The shop's own installation."""

    kind: ClassVar[str] = "listmonk"
    vendor: ClassVar[str] = "listmonk"
    own_faults: ClassVar[Mapping[str, str]] = {
        "duplicated_row": "the last row of a page comes again on the next",
        "lost_row": "a row is lost between two pages",
        "total_changes": "the total grows while the list is read",
        "restated_day": "views of past mailings have grown",
        "vanished_row": "the newest mailing before today is no more",
        "null_metric": "one figure is null",
        "new_field": "an unknown field comes",
        "renamed_field": "a figure has another name",
        "other_zone": "the server writes its moments in UTC",
        "old_version": "the states of subscriptions are not told",
        "no_lists": "the user may not read lists",
    }

    def source_settings(self) -> dict[str, object]:
        """Days of the shop, lists wanted."""
        return {
            **super().source_settings(),
            "username": USER,
            "time_zone": self.time_zone,
            "lists": True,
        }

    def source_secrets(self) -> dict[str, str]:
        """The demo token."""
        return {"access_token": TOKEN}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """The address asked for."""
        given = request.headers.get("authorization", "")
        if given != f"token {USER}:{TOKEN}":
            return _refused(403, f"invalid API credentials: {given}")
        if request.path == "/api/campaigns":
            return self._page(request, self._campaigns(faults), faults)
        if request.path == "/api/lists":
            if "no_lists" in faults:
                return _refused(403, "permission denied: lists:get_all")
            return self._page(request, self._lists(faults), faults)
        return _refused(404, "Not Found")

    def error_body(self, request: Request) -> Reply:
        """Its own words for a broken database."""
        return _refused(500, "Error fetching campaigns: pq: the database system is starting up")

    def token_expired(self, request: Request) -> Reply:
        """The user was switched off."""
        return _refused(403, "invalid API credentials")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """The totals of the mailings that began in these days."""
        found = mailings_of(self.stage)
        return truth_of(found, lambda mailing: _uuid(mailing.number), METRICS, (first, last))

    def _page(
        self, request: Request, rows: Sequence[dict[str, object]], faults: frozenset[str]
    ) -> Reply:
        page, size = int(request.query["page"]), int(request.query["per_page"])
        first = (page - 1) * size
        shown = list(rows[first : first + size])
        if page > 1 and "duplicated_row" in faults:
            shown.insert(0, rows[first - 1])
        if page > 1 and "lost_row" in faults:
            shown = shown[1:]
        total = len(rows) + (page > 1 and "total_changes" in faults)
        data = {"results": shown, "query": "", "total": total, "per_page": size, "page": page}
        return Reply.of({"data": data})

    def _campaigns(self, faults: frozenset[str]) -> list[dict[str, object]]:
        grown = 11 if "restated_day" in faults else 0
        found = mailings_of(self.stage, grown=grown)
        if "vanished_row" in faults:
            found.remove(newest_closed(self.stage, found))
        rows = [_campaign(mailing, faults) for mailing in reversed(found)]
        rows.insert(3, {**_draft(), "messenger": "sms-gateway"})
        return rows

    def _lists(self, faults: frozenset[str]) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for number, name, size in list_sizes(self.stage):
            row: dict[str, object] = {
                "id": number,
                "created_at": "2024-01-01T10:00:00+03:00",
                "updated_at": "2026-03-01T10:00:00+03:00",
                "uuid": _uuid(number * 1000),
                "name": name,
                "type": "private",
                "optin": "double",
                "tags": [],
                "subscriber_count": size + 40,
            }
            if "old_version" not in faults:
                row["subscriber_statuses"] = {
                    "confirmed": size - 25,
                    "unconfirmed": 25,
                    "unsubscribed": 40,
                }
            rows.append(row)
        return rows


def _uuid(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"listmonk/{number}"))


def _campaign(mailing: ShopMailing, faults: frozenset[str]) -> dict[str, object]:
    at = mailing.utc if "other_zone" in faults else mailing.at
    row: dict[str, object] = {
        **_draft(),
        "id": mailing.number,
        "uuid": _uuid(mailing.number),
        "name": mailing.name,
        "subject": mailing.subject,
        "status": "finished" if mailing.sent else "scheduled",
        "started_at": at.isoformat() if mailing.sent else None,
        "to_send": mailing.figures["sends"],
        "bounces": mailing.figures["hard_bounces"] + mailing.figures["soft_bounces"],
    }
    for metric, name in FIGURES.items():
        row[name] = mailing.figures[metric] if mailing.sent else 0
    if "null_metric" in faults:
        row["clicks"] = None
    if "new_field" in faults:
        row["ab_variant"] = "A"
    if "renamed_field" in faults:
        row["view_count"] = row.pop("views")
    return row


def _draft() -> dict[str, object]:
    return {
        "id": 1,
        "created_at": "2024-01-01T10:00:00.29451+03:00",
        "updated_at": "2024-01-02T10:00:00.29451+03:00",
        "views": 0,
        "clicks": 0,
        "bounces": 0,
        "lists": [{"id": 101, "name": "Покупатели магазина"}],
        "started_at": "2024-01-02T10:00:00+03:00",
        "to_send": 5,
        "sent": 5,
        "uuid": _uuid(1),
        "type": "regular",
        "name": "SMS о доставке",
        "subject": "SMS",
        "from_email": "Северный чай <hello@severny-chai.example>",
        "send_at": None,
        "status": "finished",
        "content_type": "richtext",
        "tags": ["shop"],
        "template_id": 1,
        "messenger": "email",
    }


def _refused(status: int, words: str) -> Reply:
    return Reply.of({"message": words}, status)


PLAY = ListmonkPlay
