"""The VK connector: which streams it has, how it reads a slice, how it tries a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import (
    Account,
    CheckItem,
    Fact,
    Group,
    Mode,
    Page,
    Reread,
    Stream,
    Window,
)
from kpis.register.connectors.caller import LATER
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.connectors.records import Level
from kpis.register.connectors.vk.check import checks
from kpis.register.connectors.vk.client import TOKENS, Reply, VkClient
from kpis.register.connectors.vk.faults import VK_ZONE
from kpis.register.connectors.vk.mapping import (
    COUNTERS,
    STATISTICS,
    WEEKLY_FOR,
    Community,
    Post,
    Wall,
    community_of,
    levels_of,
    no_value,
    published_of,
    statistics_of,
    wall_of,
)
from kpis.register.connectors.vk.notes import NOTES
from kpis.register.connectors.vk.settings_form import VkSettingsForm

PAGE = 100


@dataclass(frozen=True, slots=True)
class WallPage:
    """One page of the wall, without posts that stood on an earlier page."""

    reply: Reply
    wall: Wall
    fresh: tuple[Post, ...]


class VkConnector:
    """One community of VK. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "vk"
    label: ClassVar[StrOrPromise] = _("VK")
    group: ClassVar[Group] = Group.SOCIAL
    gives: ClassVar[StrOrPromise] = _("Posts, reactions, reach and followers of a community.")
    secret_fields: ClassVar[tuple[str, ...]] = TOKENS
    settings_form: ClassVar[type[forms.Form]] = VkSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._group_id = str(account.settings.get("group_id", ""))
        self.client = VkClient(account, self._group_id)
        self._community: Community | None = None

    def streams(self) -> tuple[Stream, ...]:
        """Followers always; posts and statistics as the settings have them."""
        streams = [Stream("followers", _("Followers"), ("followers",), 0, 1, mode=Mode.LEVELS)]
        if self.wants("posts"):
            metrics = tuple(metric for metric, _field in COUNTERS)
            streams += [
                Stream("wall", _("Counters of posts"), metrics, 0, 1, mode=Mode.LEVELS),
                Stream("posts", _("Posts"), ("posts_published",), 7, 92, deep=(Reread(92, 168),)),
            ]
        if self.wants("stats"):
            metrics = tuple(metric for metric, _part, _field in STATISTICS)
            streams.append(
                Stream("stats", _("Statistics"), metrics, 7, 30, deep=(Reread(30, 168),))
            )
        return tuple(streams)

    def time_zone(self) -> str:
        """VK cuts days by Moscow time."""
        return VK_ZONE.key

    def check(self) -> Iterator[CheckItem]:
        """Address, tokens, community, posts and statistics, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice. A wall is read from its top until posts are too old."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        if stream in ("posts", "stats") and window.last >= self.today():
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )
        match stream:
            case "followers":
                yield self._followers()
            case "stats":
                yield self.statistics(window)
            case "wall":
                yield from self._counters()
            case _:
                yield from self._posts(window)

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def wants(self, setting: str) -> bool:
        """Whether the settings ask for that part of the source."""
        return bool(self._settings.get(setting))

    def today(self) -> dt.date:
        """The date it is now in Moscow."""
        return timezone.localdate(timezone=VK_ZONE)

    def number(self) -> int:
        """The community's number."""
        if not self._group_id.isdecimal():
            raise ConfigError(_("The number of the community is not a number."), field="group_id")
        return int(self._group_id)

    def community(self) -> Community:
        """What VK knows of the community, asked once for the life of the connector."""
        if self._community is None:
            self._community = self.described(self.ask_community())
        return self._community

    def ask_community(self, token: str = "") -> Reply:
        """The description of the community, by the token named or the best there is."""
        return self.client.ask(
            "groups.getById",
            token=token,
            group_id=str(self.number()),
            fields="members_count,screen_name",
        )

    def described(self, reply: Reply) -> Community:
        """The description as read."""
        return community_of(reply.response, reply.raw, self.number())

    def wall_page(self, offset: int, count: int = PAGE) -> tuple[Reply, Wall]:
        """``count`` posts of the community from the place ``offset`` on, the newest first."""
        reply = self.client.ask(
            "wall.get",
            owner_id=f"-{self.number()}",
            count=str(count),
            offset=str(offset),
            filter="owner",
        )
        return reply, wall_of(reply.response, reply.raw, VK_ZONE)

    def statistics(self, window: Window) -> Page:
        """The daily figures of ``window``."""
        community = self.community().subject
        first = dt.datetime.combine(window.first, dt.time(), VK_ZONE)
        last = dt.datetime.combine(window.last, dt.time(23, 59, 59), VK_ZONE)
        reply = self.client.ask(
            "stats.get",
            group_id=str(self.number()),
            timestamp_from=str(int(first.timestamp())),
            timestamp_to=str(int(last.timestamp())),
            interval="day",
        )
        facts, rows, notices = statistics_of(
            reply.response,
            reply.raw,
            community=community,
            zone=VK_ZONE,
            provisional=self.today() - dt.timedelta(days=1),
        )
        # VK's edge of a range is not agreed to the second: a day too many is left out.
        wanted = tuple(fact for fact in facts if window.first <= fact.day <= window.last)
        return _page(reply, facts=wanted, received=rows, notices=notices)

    def _followers(self) -> Page:
        reply = self.ask_community()
        community = self.described(reply)
        if community.members is None:
            about = [community.subject.label]
            return _page(reply, received=1, notices=(no_value("members_count", about),))
        level = Level(
            subject=community.subject,
            metric="followers",
            taken_at=timezone.now(),
            day=self.today(),
            value=community.members,
        )
        return _page(reply, received=1, levels=(level,))

    def _counters(self) -> Iterator[Page]:
        community, today = self.community().subject, self.today()
        pages, announced = self._wall(today - dt.timedelta(days=WEEKLY_FOR))
        now = timezone.now()
        for page in pages:
            yield _page(
                page.reply,
                levels=levels_of(page.fresh, community, now, today),
                received=len(page.wall.posts),
                announced=announced,
                notices=page.wall.notices,
            )

    def _posts(self, window: Window) -> Iterator[Page]:
        community = self.community().subject
        pages, announced = self._wall(window.first)
        posts = [post for page in pages for post in page.fresh]
        for number, page in enumerate(pages):
            last = number == len(pages) - 1
            yield _page(
                page.reply,
                facts=published_of(posts, community, window) if last else (),
                received=len(page.wall.posts),
                announced=announced,
                notices=page.wall.notices,
            )

    def _wall(self, oldest: dt.date) -> tuple[list[WallPage], int | None]:
        """The wall's pages down to the day ``oldest`` and, where its end was reached, how many
        posts VK says it has.

        A post that appears meanwhile moves the others down: they come twice and are taken once. One
        that goes moves them up, past the reader: then it is begun anew later.
        """
        pages: list[WallPage] = []
        seen: set[int] = set()
        offset = 0
        while True:
            reply, wall = self.wall_page(offset)
            if pages and wall.total < pages[-1].wall.total:
                raise RetryError(
                    _("A post was removed while the wall was read."),
                    detail=f"{pages[-1].wall.total} → {wall.total}",
                    advice=LATER,
                )
            fresh = tuple(post for post in wall.posts if post.number not in seen)
            seen |= {post.number for post in wall.posts}
            pages.append(WallPage(reply, wall, fresh))
            offset += len(wall.posts)
            days = [post.day for post in wall.posts if not post.pinned]
            if days and min(days) < oldest:
                return pages, None
            if not wall.posts or offset >= wall.total:
                return pages, wall.total


def _page(
    reply: Reply,
    *,
    received: int,
    facts: tuple[Fact, ...] = (),
    levels: tuple[Level, ...] = (),
    announced: int | None = None,
    notices: tuple[StrOrPromise, ...] = (),
) -> Page:
    return Page(
        facts=facts,
        levels=levels,
        raw=reply.raw,
        request=reply.request,
        content_type=reply.content_type,
        received=received,
        announced=announced,
        notices=(*reply.notices, *notices),
    )
