"""VK's answers as levels and facts of the register. Asks nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.parsing import Reader, few
from kpis.register.connectors.records import Level
from kpis.register.connectors.vk.client import VENDOR

DAILY_FOR, WEEKLY_FOR = 30, 90
COUNTERS = (
    ("post_views", "views"),
    ("likes", "likes"),
    ("comments", "comments"),
    ("shares", "reposts"),
)
STATISTICS = (
    ("users", "visitors", "visitors"),
    ("reach", "reach", "reach"),
    ("follows", "activity", "subscribed"),
    ("unfollows", "activity", "unsubscribed"),
)
_PUBLISHED = frozenset({"post", "copy"})
_POST_FIELDS = frozenset(
    "from_id owner_id text attachments post_source donut short_text_rate carousel_offset hash "
    "edited signer_id copy_history copyright geo created_by is_favorite zoom_text type inner_type "
    "track_code reaction_set_id reactions header can_pin can_delete can_edit can_archive "
    "is_archived marked_as_ads post_author_data compact_attachments_before_cut trending topic_id "
    "final_post friends_only postponed_id poster reply_owner_id reply_post_id ads_easy_promote "
    "activity can_publish can_view_stats is_promoted_post_stealth suggest_subscribe "
    "push_subscription rating replies_count title access_key author_ad best_friends_only".split()
)


@dataclass(frozen=True, slots=True)
class Community:
    """The community as VK names it; ``members`` None where VK hides the number."""

    subject: SubjectRef
    members: Decimal | None


@dataclass(frozen=True, slots=True)
class Post:
    """``counters`` by metric, without those VK did not give. ``day`` in the account's zone."""

    number: int
    day: dt.date
    label: str
    pinned: bool
    published: bool
    counters: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Wall:
    """One page of a wall: how many posts VK says there are, and those of the page."""

    total: int
    posts: tuple[Post, ...]
    notices: tuple[StrOrPromise, ...]


def community_of(response: object, raw: bytes, group: int) -> Community:
    """The community of ``groups.getById``; older versions of the API answer with a bare list."""
    reader = Reader(VENDOR, raw)
    listed = reader.field(response, "groups") if isinstance(response, dict) else response
    found = [row for row in reader.rows(listed, "groups") if str(row.get("id")) == str(group)]
    if not found:
        reader.bug(_("The answer is about another community."), f"id = {group}")
    name = reader.text(found[0], "name")
    members = reader.count(found[0], "members_count", about=name, optional=True)
    address = f"https://vk.com/{found[0].get('screen_name') or f'club{group}'}"
    ref = SubjectRef("community", str(group), name or f"club{group}", address)
    return Community(ref, members)


def wall_of(response: object, raw: bytes, zone: ZoneInfo) -> Wall:
    """One page of ``wall.get``. A counter VK leaves out is missing, with a remark if sent empty."""
    reader = Reader(VENDOR, raw, known=_POST_FIELDS)
    whole = reader.mapping(response, "response")
    total = reader.count(whole, "count", about="wall")
    if total is None:
        reader.bug(_("A part of the answer has an unknown shape."), "count")
    empty: dict[str, list[str]] = {}
    rows = reader.rows(reader.field(whole, "items"), "items")
    posts = tuple(_post(reader, row, zone, empty) for row in rows)
    said = tuple(no_value(name, about) for name, about in empty.items())
    return Wall(int(total), posts, (*reader.notices(), *said))


def _post(
    reader: Reader, row: Mapping[str, object], zone: ZoneInfo, empty: dict[str, list[str]]
) -> Post:
    number = reader.whole(reader.figure(reader.field(row, "id"), "id"), "id")
    at = _moment(reader, reader.field(row, "date"), f"post {number}")
    counters: dict[str, Decimal] = {}
    for metric, field in COUNTERS:
        part = reader.optional(row, field) if field == "views" else reader.field(row, field)
        if part is None and field not in row:
            continue  # old posts have no views
        count = None if part is None else reader.field(reader.mapping(part, field), "count")
        if count is None:
            empty.setdefault(field, []).append(str(number))
        else:
            counters[metric] = reader.whole(
                reader.figure(count, f"{field}, post {number}"), f"{field}, post {number}"
            )
    words = " ".join(str(row.get("text") or "").split())
    return Post(
        number=int(number),
        day=at.astimezone(zone).date(),
        label=words[:80] or f"wall {number}",
        pinned=bool(reader.optional(row, "is_pinned")),
        published=str(reader.optional(row, "post_type") or "post") in _PUBLISHED,
        counters=counters,
    )


def is_due(post: Post, today: dt.date) -> bool:
    """Whether the counters of a post are taken on ``today``: daily for 30 days, then weekly."""
    age = (today - post.day).days
    return age <= DAILY_FOR or (age <= WEEKLY_FOR and age % 7 == 0)


def levels_of(
    posts: Iterable[Post], community: SubjectRef, taken_at: dt.datetime, today: dt.date
) -> tuple[Level, ...]:
    """The counters of the published posts that are due, below their community."""
    return tuple(
        Level(
            subject=SubjectRef(
                "placement",
                f"-{community.key}_{post.number}",
                post.label,
                f"https://vk.com/wall-{community.key}_{post.number}",
                community,
            ),
            metric=metric,
            taken_at=taken_at,
            day=today,
            value=value,
            since=post.day,
        )
        for post in posts
        if post.published and is_due(post, today)
        for metric, value in post.counters.items()
    )


def published_of(posts: Iterable[Post], community: SubjectRef, window: Window) -> tuple[Fact, ...]:
    """How many posts appeared on each day of ``window``. A day without any is zero from the day of
    the oldest known post on; before it nothing is known."""
    days = [post.day for post in posts if post.published]
    if not days:
        return ()
    oldest = min(days)
    return tuple(
        Fact(community, "posts_published", day, Decimal(days.count(day)))
        for day in window.days()
        if day >= oldest
    )


def statistics_of(
    response: object,
    raw: bytes,
    *,
    community: SubjectRef,
    zone: ZoneInfo,
    provisional: dt.date,
) -> tuple[tuple[Fact, ...], int, tuple[StrOrPromise, ...]]:
    """Facts, rows and remarks of ``stats.get``. Days from ``provisional`` on may still change. A
    part VK leaves out (a small community's reach) is missing."""
    reader = Reader(VENDOR, raw, known=("period_to",))
    rows = reader.rows(response, "response")
    facts: list[Fact] = []
    empty: dict[str, list[str]] = {}
    for row in rows:
        day = _period(reader, reader.field(row, "period_from"), zone)
        flags = frozenset({"provisional"}) if day >= provisional else frozenset()
        for metric, part, name in STATISTICS:
            figures = reader.optional(row, part)
            value = None
            if figures is not None:
                inner = reader.mapping(figures, part)
                # Of a quiet day VK leaves out single actions, never the figure of a part.
                present = part != "activity" or name in inner
                value = reader.field(inner, name) if present else None
            if value is None:
                empty.setdefault(f"{part}.{name}", []).append(day.isoformat())
                continue
            where = f"{part}.{name}, {day}"
            exact = reader.whole(reader.figure(value, where), where)
            facts.append(Fact(community, metric, day, exact, flags=flags))
    said = tuple(no_value(name, about) for name, about in empty.items())
    return tuple(facts), len(rows), (*reader.notices(), *said)


def _period(reader: Reader, value: object, zone: ZoneInfo) -> dt.date:
    """The day a period begins on: a date, or a moment of that day in seconds, in quotes or not."""
    text = str(value)
    if "-" in text[1:]:
        return reader.day(text, "period_from")
    return _moment(reader, text, "period_from").astimezone(zone).date()


def _moment(reader: Reader, value: object, where: str) -> dt.datetime:
    seconds = reader.whole(reader.figure(value, where), where)
    if seconds > 32_503_680_000:
        reader.bug(_("A date cannot be read."), f"{where}: {seconds}")
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)


def no_value(name: str, about: list[str]) -> StrOrPromise:
    return filled(
        _("%(vendor)s gave no value of %(name)s for %(about)s."),
        vendor=VENDOR,
        name=name,
        about=few(about),
    )
