"""Telegram: posts, reactions and followers of channels, against its contract server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import Account, Mode, Page, Window
from kpis.register.connectors.records import Level
from kpis.register.connectors.telegram.connector import TelegramConnector
from kpis.register.connectors.telegram.contract_server import CHANNEL, PRIVATE, TelegramPlay
from kpis.register.connectors.telegram.mapping import Chat, Memory
from kpis.register.connectors.tokens import MemoryTokens, Minted
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Facts, Stage, Staged, only

CHAT = Chat(CHANNEL, "Чай", "tea", "channel")
MOSCOW = ZoneInfo("Europe/Moscow")
YESTERDAY = TODAY - dt.timedelta(days=1)


@dataclass
class Source:
    """One source through many runs: what is stored lasts."""

    staged: Staged
    tokens: MemoryTokens = field(default_factory=lambda: MemoryTokens({}))

    def read(self, stream: str = "updates") -> list[Page]:
        connector = self.connect()
        try:
            return list(connector.read(stream, Window(TODAY, TODAY)))
        finally:
            connector.close()

    def connect(self) -> TelegramConnector:
        account = Account(self.staged.settings, self.staged.secrets, tokens=self.tokens)
        return TelegramConnector(account)

    @property
    def play(self) -> TelegramPlay:
        return cast("TelegramPlay", self.staged.play)

    def memory(self) -> Memory:
        return Memory.load(self.tokens.get("updates", lambda _secrets: Minted("")))


@pytest.fixture
def source(stage: Stage) -> Source:
    return Source(stage(TelegramConnector, TelegramPlay))


def levels(pages: Iterable[Page]) -> list[Level]:
    return [level for page in pages for level in page.levels]


def readings(pages: Iterable[Page]) -> Facts:
    found: Facts = {}
    for level in levels(pages):
        key = (level.metric, f"{level.subject.kind}:{level.subject.key}", level.day)
        assert key not in found, f"given twice: {key}"
        found[key] = level.value
    return found


def booked(pages: Iterable[Page]) -> Facts:
    """What the register makes of levels read for the first time."""
    found: Facts = {}
    before: dict[tuple[str, str], Decimal] = {}
    for level in sorted(levels(pages), key=lambda one: one.day):
        counter = (level.metric, f"{level.subject.kind}:{level.subject.key}")
        if level.metric == "followers":
            found[*counter, level.day] = level.value
        elif counter in before or (level.since and (level.day - level.since).days <= 3):
            found[*counter, level.day] = level.value - before.get(counter, Decimal(0))
        before[counter] = level.value
    return found


def test_the_queue_is_read_to_its_end(source: Source) -> None:
    pages = source.read()
    assert [page.received for page in pages[:-2]] == [100] * (len(pages) - 2)
    assert (len(pages) > 2, pages[-1].received) == (True, 0)
    assert readings(pages) == source.play.readings()
    assert source.play.allowed == ["channel_post", "message_reaction_count"]


def test_the_register_books_what_is_true(source: Source) -> None:
    truth = source.play.truth(YESTERDAY, TODAY)
    assert booked(source.read()) == only(truth, "posts_published", "likes")
    assert booked(source.read("followers")) == only(truth, "followers")
    assert sum(value for key, value in truth.items() if key[0] == "likes") > 0


def test_reading_again_gives_the_same_and_nothing_new(source: Source) -> None:
    first = source.read()
    (again,) = source.read()
    assert again.received == 0
    assert readings([again]) == readings(first)


def test_a_reading_lost_on_its_way_is_made_good(source: Source) -> None:
    """The worker dies after a page; Telegram has forgotten what came before the second one."""
    connector = source.connect()
    reading = connector.read("updates", Window(TODAY, TODAY))
    next(reading)
    next(reading)
    connector.close()
    assert source.play.confirmed > 0
    assert readings(source.read()) == source.play.readings()


def test_nothing_is_forgotten_by_telegram_before_it_is_stored(source: Source) -> None:
    connector = source.connect()
    reading = connector.read("updates", Window(TODAY, TODAY))
    page = next(reading)
    connector.close()
    assert page.received == 100
    assert source.play.confirmed == 0
    assert source.memory().totals


def test_what_happened_three_days_before_the_last_is_dropped() -> None:
    memory, second = Memory(), int(NOW.timestamp())
    for message, days in ((1, 4), (2, 2), (3, 0)):
        told = {"message_id": message, "date": second - days * 86400, "chat": {"id": CHANNEL}}
        memory.take(
            [{"update_id": message, "channel_post": told}],
            b"",
            chats={CHANNEL: CHAT},
            zone=MOSCOW,
        )
    memory.forget()
    assert list(memory.posts) == [f"{CHANNEL}_2", f"{CHANNEL}_3"]


def test_posts_around_midnight_stay_on_their_days(source: Source) -> None:
    posts = [one for one in levels(source.read()) if one.metric == "posts_published"]
    moscow = {one.day for one in posts}
    assert moscow <= {YESTERDAY, TODAY}
    early = [one for one in posts if one.taken_at.astimezone(dt.UTC).date() < one.day]
    assert early
    source.tokens = MemoryTokens({})
    source.play.confirmed = 0
    source.staged.settings["time_zone"] = "UTC"
    utc = {
        one.subject.key: one.day for one in levels(source.read()) if one.metric == "posts_published"
    }
    assert {utc[one.subject.key] for one in early} == {early[0].day - dt.timedelta(days=1)}


def test_an_album_is_one_post(source: Source) -> None:
    posts = [one for one in levels(source.read()) if one.metric == "posts_published"]
    events = [post for _number, _at, post, total in source.play.events() if total is None]
    assert len(posts) == len(events)
    assert {one.value for one in posts} == {1}


def test_an_album_torn_between_two_readings_is_one_post() -> None:
    memory = Memory()
    chat = {"id": CHANNEL, "title": "Чай", "type": "channel"}
    chats = {CHANNEL: CHAT}
    second = int(NOW.timestamp())
    for message in (10, 11):
        told = {"message_id": message, "date": second, "chat": chat, "media_group_id": "a"}
        update = {"update_id": message, "channel_post": told}
        for _twice in range(2):
            memory.take([update], b"", chats=chats, zone=MOSCOW)
        memory.forget()
        memory = Memory.load(memory.dump())
    assert list(memory.posts) == [f"{CHANNEL}_10"]


def test_a_new_post_has_no_reactions_yet_and_an_old_one_has_no_beginning() -> None:
    memory, chats = Memory(), {CHANNEL: CHAT}
    second = int(NOW.timestamp())
    chat = {"id": CHANNEL}
    post = {"message_id": 10, "date": second, "chat": chat}
    count = {
        "message_id": 4,
        "date": second,
        "chat": chat,
        "reactions": [{"type": {"type": "emoji", "emoji": "❤️"}, "total_count": 2}],
    }
    updates = [
        {"update_id": 1, "channel_post": post},
        {"update_id": 2, "message_reaction_count": count},
    ]
    assert memory.take(updates, b"", chats=chats, zone=MOSCOW) == ([1, 2], ())
    found = {
        (one.metric, one.subject.key): (one.value, one.since)
        for one in memory.levels(chats, MOSCOW)
    }
    assert found == {
        ("posts_published", f"{CHANNEL}_10"): (Decimal(1), TODAY),
        ("likes", f"{CHANNEL}_10"): (Decimal(0), TODAY),
        ("likes", f"{CHANNEL}_4"): (Decimal(2), None),
    }


def test_an_older_total_does_not_replace_a_later_one() -> None:
    memory, chats, second = Memory(), {CHANNEL: CHAT}, int(NOW.timestamp())
    for number, (at, total) in enumerate([(second, 5), (second - 60, 9)]):
        count = {
            "message_id": 4,
            "date": at,
            "chat": {"id": CHANNEL},
            "reactions": [{"type": {"type": "paid"}, "total_count": total}],
        }
        update = {"update_id": number, "message_reaction_count": count}
        memory.take([update], b"", chats=chats, zone=MOSCOW)
    assert [one.value for one in memory.levels(chats, MOSCOW)] == [5]


@pytest.mark.parametrize("kept", ["", "***", "[]", '{"totals": 1}', '{"posts": 5}'])
def test_what_cannot_be_read_from_the_store_is_begun_anew(kept: str) -> None:
    assert Memory.load(kept) == Memory()


def test_a_post_has_a_link_and_its_channel(source: Source) -> None:
    level = next(one for one in levels(source.read()) if one.metric == "posts_published")
    number = level.subject.key.partition("_")[2]
    assert level.subject.url == f"https://t.me/severny_chai_example/{number}"
    assert level.subject.parent is not None
    assert (level.subject.parent.kind, level.subject.parent.key) == ("community", str(CHANNEL))


def test_followers_of_every_channel(source: Source) -> None:
    found = levels(source.read("followers"))
    assert {(one.metric, one.subject.key) for one in found} == {
        ("followers", str(CHANNEL)),
        ("followers", str(PRIVATE)),
    }
    assert {(one.taken_at, one.day, one.since) for one in found} == {(NOW, TODAY, None)}


def test_streams_and_what_is_entered_by_hand(source: Source) -> None:
    connector = source.connect()
    assert {stream.mode for stream in connector.streams()} == {Mode.LEVELS}
    written = {metric for stream in connector.streams() for metric in stream.metrics}
    assert "post_views" in connector.manual_metrics
    assert not written & set(connector.manual_metrics)
    assert str(connector.manual_note)
