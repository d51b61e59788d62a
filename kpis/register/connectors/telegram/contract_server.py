"""The Bot API as its contract has it: the token in the address, a queue that is kept for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from kpis.simulator.play import Play, Reply, Request, Stage, Truth

BOT = 700100200
TOKEN = f"{BOT}:invented-token-of-the-tea-shop"
CHANNEL, NAME = -1001234567890, "severny_chai_example"
PRIVATE = -1009876543210
MOSCOW = ZoneInfo("Europe/Moscow")
KEPT = dt.timedelta(hours=24)
_TITLES = {CHANNEL: "Северный чай", PRIVATE: "Северный чай — для своих"}
_POSTS_AT = (dt.time(0, 5), dt.time(13, 0), dt.time(23, 45))
_COUNTS_AT = (dt.time(0, 20), dt.time(9, 15), dt.time(15, 40), dt.time(21, 10))


@dataclass(frozen=True, slots=True)
class _Post:
    number: int
    at: dt.datetime
    pictures: int

    @property
    def key(self) -> str:
        return f"placement:{CHANNEL}_{self.number}"


class TelegramPlay(Play):
    """A public channel with up to three posts a day, and a private one with none."""

    kind: ClassVar[str] = "telegram"
    vendor: ClassVar[str] = "Telegram"
    own_faults: ClassVar[Mapping[str, str]] = {
        "conflict": "409: another program reads the queue",
        "webhook": "a webhook is set: 409 for the queue",
        "migrated": "400: the chat has a new number",
        "kicked": "403: the bot was put out of the private channel",
        "kicked_everywhere": "403: the bot was put out of every channel",
        "not_admin": "the bot is a plain member",
        "group": "the channel is a group",
        "stranger": "a post of a chat nobody asked about",
        "other_kinds": "an update of a kind that was not asked for",
        "duplicated_row": "the first update comes twice",
        "token_expires_midway": "the token is revoked after the first page of the queue",
        "null_metric": "totals of reactions are null",
        "new_field": "a field nobody agreed on",
        "renamed_field": "the reactions have another name",
        "unknown_error": "an error code nobody knows",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.confirmed = 0
        self.allowed: list[str] = []

    def source_settings(self) -> dict[str, object]:
        return {
            "base_url": self.stage.url(),
            "channels": f"@{NAME}\n{PRIVATE}",
            "time_zone": self.time_zone,
        }

    def source_secrets(self) -> dict[str, str]:
        return {"bot_token": TOKEN}

    def limited(self, request: Request, seconds: int | None) -> Reply:
        words = "Too Many Requests" + ("" if seconds is None else f": retry after {seconds}")
        hint = {} if seconds is None else {"parameters": {"retry_after": seconds}}
        return _error(429, words, **hint)

    def error_body(self, request: Request) -> Reply:
        return _error(500, "Internal Server Error: restart")

    def token_expired(self, request: Request) -> Reply:
        return _error(401, "Unauthorized")

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        token, _slash, method = request.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return _error(401, "Unauthorized") if ":" in token else _error(404, "Not Found")
        if "unknown_error" in faults:
            return _error(418, f"Short and stout: {token}")
        form = request.json()
        match method:
            case "getMe":
                return _ok({"id": BOT, "is_bot": True, "username": "severny_chai_bot"})
            case "getWebhookInfo":
                url = "https://elsewhere.example/hook?key=1" if "webhook" in faults else ""
                return _ok({"url": url, "pending_update_count": 0})
            case "getUpdates":
                return self._updates(form, faults)
            case "getChat" | "getChatMember" | "getChatMemberCount":
                return self._chat(method, form, faults)
            case _:
                return _error(404, "Not Found: method not found")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        truth: Truth = {}
        before: dict[str, Decimal] = {}
        for (metric, key, day), value in sorted(self.readings().items(), key=lambda one: one[0][2]):
            if metric == "posts_published":
                before[key] = Decimal(0)
                truth[metric, key, day] = value
        for (metric, key, day), value in sorted(self.readings().items(), key=lambda one: one[0][2]):
            if metric == "likes":
                if key in before:
                    truth[metric, key, day] = value - before[key]
                before[key] = value
        today = self.stage.now().astimezone(MOSCOW).date()
        for channel in _TITLES:
            truth["followers", f"community:{channel}", today] = Decimal(self._members(channel))
        return {key: value for key, value in truth.items() if first <= key[2] <= last}

    def readings(self) -> Truth:
        """The counters that the updates of the last day tell, by metric, subject and day."""
        found: Truth = {}
        for _number, at, post, total in self.events():
            day = at.astimezone(MOSCOW).date()
            if total is None:
                found["posts_published", post.key, day] = Decimal(1)
            found["likes", post.key, day] = Decimal(total or 0)
        return found

    def events(self) -> Iterator[tuple[int, dt.datetime, _Post, int | None]]:
        """What happened in the last day, oldest first: number, moment, post, reactions or None for
        the post itself."""
        now = self.stage.now()
        found: list[tuple[dt.datetime, _Post, int | None]] = []
        for post in self._posts():
            found.append((post.at, post, None))
            cap = 12 + self.stage.number(60, "reactions", post.number)
            for age in range(31):
                day = post.at.astimezone(MOSCOW).date() + dt.timedelta(days=age)
                for time in _COUNTS_AT:
                    at = dt.datetime.combine(day, time, MOSCOW)
                    hours = (at - post.at) // dt.timedelta(hours=1)
                    if post.at < at:
                        found.append((at, post, cap * hours // (hours + 24)))
        start = dt.datetime.combine(self.first_day, dt.time(), MOSCOW)
        numbered = []
        for at, post, total in found:
            if now - KEPT < at <= now:
                minute = (at - start) // dt.timedelta(minutes=1)
                # Posts of a month lie less than 400 apart, the pictures of an album in between.
                numbered.append((100_000_000 + 500 * minute + post.number % 400, at, post, total))
        yield from sorted(numbered, key=lambda one: one[0])

    def _posts(self) -> list[_Post]:
        """The posts of the last weeks; every fifth is an album."""
        today = self.stage.now().astimezone(MOSCOW).date()
        found: list[_Post] = []
        for day in self.days(max(self.first_day, today - dt.timedelta(days=33)), today):
            serial = (day - self.first_day).days * 12
            for place, time in enumerate(_POSTS_AT[: 1 + self.stage.number(3, "posts", day)]):
                pictures = 3 if (serial // 12 + place) % 5 == 0 else 1
                at = dt.datetime.combine(day, time, MOSCOW)
                found.append(_Post(1 + serial + 4 * place, at, pictures))
        return [post for post in found if post.at <= self.stage.now()]

    def _members(self, channel: int) -> int:
        today = self.stage.now().astimezone(MOSCOW).date()
        return (1800 if channel == CHANNEL else 240) + (today - self.first_day).days

    def _chat(self, method: str, form: dict[str, object], faults: frozenset[str]) -> Reply:
        named = {f"@{NAME}": CHANNEL, CHANNEL: CHANNEL, PRIVATE: PRIVATE}
        wanted = form.get("chat_id")
        channel = named.get(wanted) if isinstance(wanted, str | int) else None
        if "migrated" in faults:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            return _error(400, words, parameters={"migrate_to_chat_id": -1005550001111})
        if channel is None:
            return _error(400, "Bad Request: chat not found")
        if "kicked_everywhere" in faults or ("kicked" in faults and channel == PRIVATE):
            return _error(403, "Forbidden: bot was kicked from the channel chat")
        if method == "getChatMemberCount":
            return _ok(self._members(channel))
        if method == "getChatMember":
            status = "member" if "not_admin" in faults else "administrator"
            return _ok({"user": {"id": BOT, "is_bot": True}, "status": status})
        return _ok(_named(channel, "supergroup" if "group" in faults else "channel"))

    def _updates(self, form: dict[str, object], faults: frozenset[str]) -> Reply:
        if "webhook" in faults:
            words = "Conflict: can't use getUpdates method while webhook is active"
            return _error(409, f"{words}; use deleteWebhook to delete the webhook first")
        if "conflict" in faults:
            words = "Conflict: terminated by other getUpdates request"
            return _error(409, f"{words}; make sure that only one bot instance is running")
        offset, limit = form.get("offset"), form.get("limit", 100)
        allowed = form.get("allowed_updates")
        if isinstance(allowed, list):
            self.allowed = [str(kind) for kind in allowed]
        if isinstance(offset, int):
            if "token_expires_midway" in faults:
                return _error(401, "Unauthorized")
            self.confirmed = max(self.confirmed, offset)
        queue = [update for update in self._queue(faults) if _number(update) >= self.confirmed]
        queue = queue[: min(limit, 100) if isinstance(limit, int) else 100]
        if queue and "duplicated_row" in faults:
            queue.insert(0, queue[0])
        return _ok(queue)

    def _queue(self, faults: frozenset[str]) -> Iterator[dict[str, object]]:
        number = 0
        for number, at, post, total in self.events():
            if total is None:
                if "channel_post" in self.allowed:
                    yield from self._pictures(number, at, post)
            elif "message_reaction_count" in self.allowed:
                yield {
                    "update_id": number,
                    "message_reaction_count": _count(at, post, total, faults),
                }
        if "stranger" in faults:
            told = {"message_id": 5, "date": 1, "chat": {"id": -100777, "title": "Соседи"}}
            yield {"update_id": number + 10, "channel_post": told}
        if "other_kinds" in faults:
            yield {"update_id": number + 11, "message": {"message_id": 9}}
            yield {"update_id": number + 12, "mood": {"is": "calm"}}

    def _pictures(self, number: int, at: dt.datetime, post: _Post) -> Iterator[dict[str, object]]:
        """A post; an album comes as one for each picture."""
        for picture in range(post.pictures):
            told: dict[str, object] = {
                "message_id": post.number + picture,
                "sender_chat": _named(CHANNEL, "channel"),
                "chat": _named(CHANNEL, "channel"),
                "date": int(at.timestamp()),
                "text": "Сегодня пробуем алтайский кипрей",
            }
            if post.pictures > 1:
                told |= {"media_group_id": f"album-{post.number}", "photo": []}
            yield {"update_id": number + picture, "channel_post": told}


def _count(at: dt.datetime, post: _Post, total: int, faults: frozenset[str]) -> dict[str, object]:
    """Absolute totals by kind of reaction."""
    hearts = total // 3
    counted: list[dict[str, object]] = [
        {"type": {"type": "emoji", "emoji": "❤"}, "total_count": hearts},
        {"type": {"type": "emoji", "emoji": "👍"}, "total_count": total - hearts},
    ]
    if "null_metric" in faults:
        counted[0]["total_count"] = None
    name = "feelings" if "renamed_field" in faults else "reactions"
    told: dict[str, object] = {
        "chat": _named(CHANNEL, "channel"),
        "message_id": post.number,
        "date": int(at.timestamp()),
        name: counted if total else [],
    }
    if "new_field" in faults:
        told["mood"] = "calm"
    return told


def _named(channel: int, kind: str) -> dict[str, object]:
    public = {"username": NAME} if channel == CHANNEL else {}
    return {"id": channel, "title": _TITLES[channel], "type": kind, **public}


def _number(update: Mapping[str, object]) -> int:
    return int(str(update["update_id"]))


def _ok(result: object) -> Reply:
    return Reply.of({"ok": True, "result": result})


def _error(code: int, words: str, **more: object) -> Reply:
    return Reply.of({"ok": False, "error_code": code, "description": words, **more}, code)


PLAY = TelegramPlay
