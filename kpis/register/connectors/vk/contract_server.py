"""VK as its contract has it: methods below ``/method/``, errors inside a 200, tokens echoed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from kpis.register.connectors.vk.contract_wall import GROUP, MOSCOW, PlayedPost, PlayedWall
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

_MESSAGES = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: access_token has expired.",
    6: "Too many requests per second",
    9: "Flood control",
    10: "Internal server error",
    14: "Captcha needed",
    15: "Access denied: you should be group editor",
    17: "Validation required: please open redirect_uri in browser",
    27: "Group authorization failed: method is unavailable with group auth.",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    1051: "Method is unavailable for profile type.",
}
_ERROR_OF_FAULT = {
    "captcha": 14,
    "confirmation": 17,
    "flood": 9,
    "daily_limit": 29,
    "no_rights": 15,
    "vk_id_token": 1051,
    "unknown_error": 4242,
}


class VkPlay(Play):
    """The community of the tea shop: up to three posts a day since the first day."""

    kind: ClassVar[str] = "vk"
    vendor: ClassVar[str] = "VK"
    own_faults: ClassVar[Mapping[str, str]] = {
        "captcha": "error 14: a captcha is wanted",
        "confirmation": "error 17: the owner of the token must confirm",
        "flood": "error 9: too many requests alike",
        "daily_limit": "error 29: the day's limit",
        "no_rights": "error 15: not shown to the owner of the token",
        "vk_id_token": "error 1051: a token of VK ID",
        "unknown_error": "an error code nobody knows",
        "token_expires_midway": "the token runs out after the first page of the wall",
        "duplicated_row": "a new post moves the others onto the next page",
        "total_changes": "a post is removed between two pages of the wall",
        "short_wall": "the wall ends before the number of posts it names",
        "restated_day": "the first day asked for has another reach than before",
        "vanished_row": "the newest post is gone",
        "null_metric": "counters of the newest post and of the last day are null",
        "new_field": "a field nobody agreed on",
        "renamed_field": "likes and reach have another name",
        "no_parts": "statistics without reach and activity",
        "quoted_moment": "period_from as text, and the midnight of Moscow",
        "extra_day": "statistics of one day more than asked",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.wall = PlayedWall(stage, self.first_day)

    def source_settings(self) -> dict[str, object]:
        return {
            "base_url": self.stage.url(),
            "group_id": str(GROUP),
            "posts": True,
            "stats": True,
        }

    def source_secrets(self) -> dict[str, str]:
        return {
            "user_token": "vk1.a.user-of-the-tea-shop",
            "service_token": "service-of-the-tea-shop",
            "community_token": "vk1.a.community-of-the-tea-shop",
        }

    def limited(self, request: Request, seconds: int | None) -> Reply:
        return self._error(request, 6)

    def error_body(self, request: Request) -> Reply:
        return self._error(request, 10)

    def token_expired(self, request: Request) -> Reply:
        return self._error(request, 5)

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        for fault, code in _ERROR_OF_FAULT.items():
            if fault in faults:
                return self._error(request, code)
        method, form = request.path.removeprefix("/method/"), request.form()
        owners = {token: name for name, token in self.source_secrets().items()}
        owner = owners.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if owner is None:
            return self._error(request, 5)
        if not form.get("v", "").startswith("5.1"):
            return self._error(request, 100)
        match method:
            case "groups.getById":
                return self._group(request, form)
            case "wall.get" | "stats.get" if owner == "community_token":
                return self._error(request, 27)
            case "wall.get":
                return self._wall(request, form, faults)
            case "stats.get" if owner == "service_token":
                return self._error(request, 15)
            case "stats.get":
                return self._stats(request, form, faults)
            case _:
                return self._error(request, 3)

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        community = f"community:{GROUP}"
        today = self.wall.today()
        truth: Truth = {}
        for day in self.days(first, min(last, today - dt.timedelta(days=1))):
            posts = [post for post in self.wall.posts() if post.day == day]
            if day >= self.wall.posts()[0].day:
                truth["posts_published", community, day] = Decimal(len(posts))
            figures = self._figures(day)
            for metric in ("users", "reach", "follows", "unfollows"):
                truth[metric, community, day] = Decimal(figures[metric])
        if first <= today <= last:
            truth["followers", community, today] = Decimal(self._followers())
            young = {post.key for post in self.wall.posts() if (today - post.day).days <= 3}
            for (metric, key), value in self.levels().items():
                if key in young:  # what older posts gathered before belongs to no day
                    truth[metric, key, today] = value
        return truth

    def levels(self) -> dict[tuple[str, str], Decimal]:
        """The counters of the wall's posts now, by metric and subject, that a reading takes."""
        found: dict[tuple[str, str], Decimal] = {}
        for post in self.wall.posts():
            age = (self.wall.today() - post.day).days
            if age <= 30 or (age <= 90 and age % 7 == 0):
                for metric, value in self.wall.counters(post).items():
                    found[metric, post.key] = Decimal(value)
        return found

    def _followers(self) -> int:
        return 5200 + 3 * (self.wall.today() - self.first_day).days

    def _group(self, request: Request, form: Mapping[str, str]) -> Reply:
        if form.get("group_id") != str(GROUP):
            return self._error(request, 100)
        group = {
            "id": GROUP,
            "name": "Северный чай",
            "screen_name": "severny_chai_example",
            "is_closed": 0,
            "type": "group",
            "members_count": self._followers(),
        }
        return Reply.of({"response": {"groups": [group], "profiles": []}})

    def _wall(self, request: Request, form: Mapping[str, str], faults: frozenset[str]) -> Reply:
        offset, count = int(form.get("offset", 0)), int(form.get("count", 20))
        if form.get("owner_id") != f"-{GROUP}" or not 0 < count <= 100:
            return self._error(request, 100)
        if offset and "token_expires_midway" in faults:
            return self._error(request, 5)
        posts = self.wall.posts()[::-1]
        if "vanished_row" in faults or (offset and "total_changes" in faults):
            posts = posts[1:]
        posts.sort(key=lambda post: not post.pinned)
        if offset and "duplicated_row" in faults:
            posts.insert(1, PlayedPost(posts[1].number + 1, self.stage.now()))
        total = len(posts)
        if "short_wall" in faults:
            posts = posts[:130]
        items = [self._item(post, faults) for post in posts[offset : offset + count]]
        if items and not offset and "null_metric" in faults:
            items[1] |= {"likes": {"count": None}, "views": None}
        return Reply.of({"response": {"count": total, "items": items}})

    def _item(self, post: PlayedPost, faults: frozenset[str]) -> dict[str, object]:
        counters = self.wall.counters(post)
        item: dict[str, object] = {
            "id": post.number,
            "owner_id": -GROUP,
            "from_id": -GROUP,
            "date": int(post.at.timestamp()),
            "post_type": "copy" if post.number % 11 == 0 else "post",
            "text": post.text,
            "attachments": [],
            "comments": {"count": counters["comments"], "can_post": 1},
            "likes": {"count": counters["likes"], "user_likes": 0},
            "reposts": {"count": counters["shares"], "user_reposted": 0},
        }
        if "post_views" in counters:
            item["views"] = {"count": counters["post_views"]}
        if post.pinned:
            item["is_pinned"] = 1
        if "renamed_field" in faults:
            item["hearts"] = item.pop("likes")
        if "new_field" in faults:
            item["mood"] = "calm"
        return item

    def _figures(self, day: dt.date) -> dict[str, int]:
        reach = 900 + self.stage.number(1600, "reach", day)
        return {
            "reach": reach,
            "users": reach * 220 // 1000,
            "views": reach * 310 // 1000,
            "follows": self.stage.number(14, "follows", day),
            "unfollows": self.stage.number(8, "unfollows", day),
        }

    def _stats(self, request: Request, form: Mapping[str, str], faults: frozenset[str]) -> Reply:
        try:
            first, last = (
                dt.datetime.fromtimestamp(int(form[name]), MOSCOW).date()
                for name in ("timestamp_from", "timestamp_to")
            )
        except (KeyError, ValueError):
            return self._error(request, 100)
        if form.get("group_id") != str(GROUP) or form.get("interval") != "day":
            return self._error(request, 100)
        if "extra_day" in faults:
            first -= dt.timedelta(days=1)
        days = [day for day in self.days(first, last) if self.first_day <= day <= self.wall.today()]
        rows = [self._row(day, faults) for day in days]
        if rows and "restated_day" in faults:
            rows[0]["reach"] = {"reach": 7, "reach_subscribers": 5, "mobile_reach": 6}
        if rows and "null_metric" in faults:
            rows[-1]["reach"] = {"reach": None}
        return Reply.of({"response": rows[::-1]})

    def _row(self, day: dt.date, faults: frozenset[str]) -> dict[str, object]:
        figures = self._figures(day)
        quoted = "quoted_moment" in faults
        begins = dt.datetime.combine(day, dt.time(), MOSCOW if quoted else dt.UTC)
        moment = int(begins.timestamp())
        reach = "coverage" if "renamed_field" in faults else "reach"
        row: dict[str, object] = {
            "period_from": str(moment) if quoted else moment,
            "period_to": str(moment) if quoted else moment,
            "visitors": {"views": figures["views"], "visitors": figures["users"]},
            "reach": {reach: figures["reach"], "reach_subscribers": figures["reach"] // 3},
            "activity": {
                "likes": figures["users"] // 9,
                "comments": figures["users"] // 40,
                "subscribed": figures["follows"],
                "unsubscribed": figures["unfollows"],
            },
        }
        if "no_parts" in faults:
            del row["reach"], row["activity"]
        if "new_field" in faults:
            row["mood"] = "calm"
        return row

    def _error(self, request: Request, code: int) -> Reply:
        """The envelope; VK repeats the parameters it was sent, the token among them."""
        sent = {"oauth": "1", "method": request.path.removeprefix("/method/"), **request.form()}
        sent["access_token"] = request.headers.get("authorization", "").removeprefix("Bearer ")
        error: dict[str, object] = {
            "error_code": code,
            "error_msg": _MESSAGES.get(code, "Something new"),
            "request_params": [{"key": name, "value": value} for name, value in sent.items()],
        }
        if code == 14:
            error |= {"captcha_sid": "900100", "captcha_img": "https://vk.example/captcha"}
        if code == 17:
            error["redirect_uri"] = "https://vk.example/confirm?hash=secret"
        return Reply.of({"error": error})


PLAY = VkPlay
