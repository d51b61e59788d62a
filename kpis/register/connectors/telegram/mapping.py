"""Updates of the Bot API as levels of the register. Asks nobody.

Telegram keeps updates for a day and forgets them once a later one is asked for. So what was read is
remembered for a few days (`Memory`) and given again with every reading: a reading that was lost on
its way into the register is made good by the next one, and given twice it changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.parsing import Reader, few
from kpis.register.connectors.records import Level
from kpis.register.connectors.telegram.client import VENDOR

KEPT = dt.timedelta(days=3)
_KINDS = frozenset(
    "message edited_message edited_channel_post message_reaction inline_query callback_query poll "
    "chosen_inline_result poll_answer my_chat_member chat_member chat_join_request chat_boost "
    "removed_chat_boost business_connection business_message edited_business_message "
    "deleted_business_messages shipping_query pre_checkout_query purchased_paid_media".split()
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A channel: ``number`` as Telegram counts it, ``name`` without @, "" for a private one."""

    number: int
    title: str
    name: str
    kind: str

    @property
    def subject(self) -> SubjectRef:
        """Its subject in the register."""
        url = f"https://t.me/{self.name}" if self.name else ""
        return SubjectRef("community", str(self.number), self.title or str(self.number), url)

    def post(self, message: int) -> SubjectRef:
        """The subject of one of its posts. A reaction does not tell the words of its post, so posts
        are named by their numbers."""
        place = self.name or f"c/{str(self.number).removeprefix('-100')}"
        return SubjectRef(
            "placement",
            f"{self.number}_{message}",
            f"{self.name or self.title}/{message}",
            f"https://t.me/{place}/{message}",
            self.subject,
        )


@dataclass
class Memory:
    """What was read of the last days: posts by "chat_message", as second; the last reactions of a
    day by "chat_message_day", as total and second; albums by "chat_group", as second."""

    posts: dict[str, int] = field(default_factory=dict)
    totals: dict[str, tuple[int, int]] = field(default_factory=dict)
    albums: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, text: str) -> Memory:
        """From `dump`; empty for anything else."""
        try:
            known = json.loads(text)
            return cls(
                {str(key): int(second) for key, second in known["posts"].items()},
                {str(key): (int(pair[0]), int(pair[1])) for key, pair in known["totals"].items()},
                {str(key): int(second) for key, second in known["albums"].items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            return cls()

    def dump(self) -> str:
        """As text, to be stored."""
        kept = {"posts": self.posts, "totals": self.totals, "albums": self.albums}
        return json.dumps(kept, separators=(",", ":"), sort_keys=True)

    def forget(self) -> None:
        """Drop what is older than the register can have missed; counted from what happened last, so
        that a replay weeks later keeps the same."""
        seconds = [*self.posts.values(), *(at for _total, at in self.totals.values())]
        oldest = max(seconds, default=0) - KEPT.total_seconds()
        self.posts = {key: at for key, at in self.posts.items() if at >= oldest}
        self.totals = {key: pair for key, pair in self.totals.items() if pair[1] >= oldest}
        self.albums = {key: at for key, at in self.albums.items() if at >= oldest}

    def take(
        self, result: object, raw: bytes, *, chats: Mapping[int, Chat], zone: ZoneInfo
    ) -> tuple[list[int], tuple[StrOrPromise, ...]]:
        """Remember one answer of ``getUpdates``: the numbers of its updates, and remarks."""
        reader = Reader(VENDOR, raw, known=_KINDS)
        counts = Reader(VENDOR, raw)
        strangers: list[str] = []
        numbers: list[int] = []
        for row in reader.rows(result, "result"):
            numbers.append(_whole(reader, row, "update_id"))
            for kind in ("channel_post", "message_reaction_count"):
                part = reader.optional(row, kind)
                if part is None:
                    continue
                told = reader.mapping(part, kind)
                chat = reader.mapping(reader.field(told, "chat"), "chat")
                place = chats.get(_whole(reader, chat, "id"))
                if place is None:
                    strangers.append(str(chat.get("title") or chat.get("id")))
                elif kind == "channel_post":
                    self._post(reader, told, place)
                else:
                    counts.rows([told], kind)
                    self._reactions(counts, told, place, zone)
        said = [*reader.notices(), *counts.notices()]
        if strangers:
            words = _("Updates of other chats are not read: %(names)s.")
            said.append(filled(words, names=few(strangers)))
        return numbers, tuple(said)

    def _post(self, reader: Reader, told: Mapping[str, object], chat: Chat) -> None:
        """An album comes as one post for each picture: its first counts."""
        message, second = _whole(reader, told, "message_id"), _whole(reader, told, "date")
        key, album = f"{chat.number}_{message}", told.get("media_group_id")
        if album is not None:
            group = f"{chat.number}_{album}"
            if group in self.albums and key not in self.posts:
                return
            self.albums[group] = second
        self.posts[key] = second

    def _reactions(
        self, reader: Reader, told: Mapping[str, object], chat: Chat, zone: ZoneInfo
    ) -> None:
        """Totals are absolute: the last of a day stays."""
        reader.field(told, "chat")
        message, second = _whole(reader, told, "message_id"), _whole(reader, told, "date")
        total = Decimal(0)
        for reaction in Reader(VENDOR, reader.raw).rows(
            reader.field(told, "reactions"), "reactions"
        ):
            count = reader.count(reaction, "total_count", about=f"{chat.title}/{message}")
            if count is None:
                return
            total += count
        key = f"{chat.number}_{message}_{_day(second, zone).isoformat()}"
        if key not in self.totals or self.totals[key][1] <= second:
            self.totals[key] = int(total), second

    def levels(self, chats: Mapping[int, Chat], zone: ZoneInfo) -> Iterable[Level]:
        """Posts as counters that stand at one, reactions as they stood last on each day. A new post
        has no reactions yet, which is where their growth begins."""
        for key, second in self.posts.items():
            chat, message = key.rsplit("_", 1)
            day = _day(second, zone)
            if int(chat) in chats:
                subject = chats[int(chat)].post(int(message))
                yield _level(subject, "posts_published", second, day, 1, day)
                if f"{key}_{day.isoformat()}" not in self.totals:
                    yield _level(subject, "likes", second, day, 0, day)
        for key, (total, second) in self.totals.items():
            chat, message, text = key.rsplit("_", 2)
            began = self.posts.get(f"{chat}_{message}")
            if int(chat) in chats:
                subject = chats[int(chat)].post(int(message))
                since = None if began is None else _day(began, zone)
                day = dt.date.fromisoformat(text)
                yield _level(subject, "likes", second, day, total, since)


def chat_of(result: object, raw: bytes) -> Chat:
    """The answer of ``getChat``."""
    reader = Reader(VENDOR, raw)
    row = reader.mapping(result, "chat")
    return Chat(
        number=_whole(reader, row, "id"),
        title=str(row.get("title") or ""),
        name=str(row.get("username") or ""),
        kind=reader.text(row, "type"),
    )


def count_of(result: object, raw: bytes) -> Decimal:
    """The answer of ``getChatMemberCount``: a bare number."""
    reader = Reader(VENDOR, raw)
    return reader.whole(reader.figure(result, "result"), "result")


def _whole(reader: Reader, row: Mapping[str, object], name: str) -> int:
    """An id or a moment: whole, ids of channels are negative."""
    value = reader.figure(reader.field(row, name), name)
    if value != value.to_integral_value():
        reader.bug(_("A count is not a whole number."), f"{name}: {value}")
    return int(value)


def _day(second: int, zone: ZoneInfo) -> dt.date:
    return dt.datetime.fromtimestamp(second, zone).date()


def _level(
    subject: SubjectRef, metric: str, second: int, day: dt.date, value: int, since: dt.date | None
) -> Level:
    return Level(
        subject=subject,
        metric=metric,
        taken_at=dt.datetime.fromtimestamp(second, dt.UTC),
        day=day,
        value=Decimal(value),
        since=since,
    )
