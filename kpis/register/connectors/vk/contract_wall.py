"""The played wall: its posts from the first day to now and their growing counters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kpis.simulator.play import Stage

GROUP = 216543210
MOSCOW = ZoneInfo("Europe/Moscow")
TEXTS = (
    "Молочный улун: как заваривать, чтобы не горчил",
    "Новинка недели — иван-чай с облепихой",
    "Розыгрыш: три набора для чайной церемонии",
    "",
    "Отзыв гостя: «Заходите к нам на Ленина, 5»",
)
_TIMES = (dt.time(0, 10), dt.time(12, 30), dt.time(23, 50))


@dataclass(frozen=True, slots=True)
class PlayedPost:
    """A post of the shop."""

    number: int
    at: dt.datetime
    pinned: bool = False

    @property
    def key(self) -> str:
        """Its subject in the register."""
        return f"placement:-{GROUP}_{self.number}"

    @property
    def day(self) -> dt.date:
        """Its business day."""
        return self.at.astimezone(MOSCOW).date()

    @property
    def text(self) -> str:
        """Its words, at times none."""
        return TEXTS[self.number % len(TEXTS)]


class PlayedWall:
    """Up to three posts a day since ``first_day``, some of them around midnight."""

    def __init__(self, stage: Stage, first_day: dt.date) -> None:
        self._stage = stage
        self._first_day = first_day
        self._known: tuple[dt.date | None, list[PlayedPost]] = (None, [])

    def today(self) -> dt.date:
        """The date in Moscow."""
        return self._stage.now().astimezone(MOSCOW).date()

    def posts(self) -> list[PlayedPost]:
        """Every post up to now, the oldest first."""
        today = self.today()
        if self._known[0] != today:
            posts: list[PlayedPost] = []
            for age in range((today - self._first_day).days + 1):
                day = self._first_day + dt.timedelta(days=age)
                for time in _TIMES[: self._stage.number(4, "posts", day)]:
                    at = dt.datetime.combine(day, time, MOSCOW)
                    posts.append(PlayedPost(7 + 3 * len(posts), at, pinned=len(posts) == 40))
            self._known = (today, posts)
        return [post for post in self._known[1] if post.at <= self._stage.now()]

    def counters(self, post: PlayedPost) -> dict[str, int]:
        """By metric; they grow for a month, most on the first days. Some posts are as old ones
        are: without views."""
        hours = int((self._stage.now() - post.at).total_seconds()) // 3600
        known = min(hours * 1000 // (hours + 30), 960)
        number = self._stage.number
        views = (700 + number(4200, "views", post.number)) * known // 1000
        counters = {
            "likes": views * (8 + number(30, "likes", post.number)) // 1000,
            "comments": views * number(6, "comments", post.number) // 1000,
            "shares": views * number(9, "shares", post.number) // 1000,
        }
        return counters if post.number % 17 == 0 else {"post_views": views, **counters}
