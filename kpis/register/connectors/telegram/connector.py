"""The Telegram connector: which streams it has, how it reads a slice, how it tries a connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Account, CheckItem, Group, Mode, Page, Stream, Window
from kpis.register.connectors.errors import ConfigError, SkipError
from kpis.register.connectors.records import Level
from kpis.register.connectors.telegram.check import checks
from kpis.register.connectors.telegram.client import Reply, TelegramClient
from kpis.register.connectors.telegram.mapping import Chat, Memory, chat_of, count_of
from kpis.register.connectors.telegram.notes import MANUAL_NOTE, NOTES
from kpis.register.connectors.telegram.settings_form import TelegramSettingsForm
from kpis.register.connectors.tokens import Minted

ALLOWED = ("channel_post", "message_reaction_count")
PAGE = 100
_KEPT_AS = "updates"


class TelegramConnector:
    """Channels of one bot. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "telegram"
    label: ClassVar[StrOrPromise] = _("Telegram")
    group: ClassVar[Group] = Group.SOCIAL
    gives: ClassVar[StrOrPromise] = _("Posts, reactions and followers of channels.")
    secret_fields: ClassVar[tuple[str, ...]] = ("bot_token",)
    settings_form: ClassVar[type[forms.Form]] = TelegramSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    manual_metrics: ClassVar[tuple[str, ...]] = ("post_views", "shares", "comments")
    manual_note: ClassVar[StrOrPromise] = MANUAL_NOTE

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._tokens = account.tokens
        self.client = TelegramClient(account)
        self._chats: dict[int, Chat] | None = None
        self._said: list[StrOrPromise] = []

    def streams(self) -> tuple[Stream, ...]:
        """What the bot is told, and how many people follow."""
        return (
            Stream(
                "updates",
                _("Posts and reactions"),
                ("posts_published", "likes"),
                0,
                1,
                mode=Mode.LEVELS,
                history_days=1,
            ),
            Stream("followers", _("Followers"), ("followers",), 0, 1, mode=Mode.LEVELS),
        )

    def time_zone(self) -> str:
        """The zone of the settings: Telegram gives moments."""
        return str(self._settings.get("time_zone") or "Europe/Moscow")

    def check(self) -> Iterator[CheckItem]:
        """Address, token, webhook, every channel and the queue, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """Everything new, or a page for each channel; ``window`` is today."""
        match stream:
            case "updates":
                yield from self._updates()
            case "followers":
                yield from self._followers()
            case _:
                raise ConfigError(_("This part of the source is switched off."), detail=stream)

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def named(self) -> list[str]:
        """The channels of the settings."""
        names = str(self._settings.get("channels", "")).split()
        if not names:
            raise ConfigError(_("No channels have been entered."), field="channels")
        return names

    def chat(self, name: str) -> Chat:
        """What Telegram knows of a channel. Raises a `SourceError`."""
        reply = self.client.ask("getChat", chat_id=_chat_id(name))
        return chat_of(reply.result, reply.raw)

    def updates(self, *, limit: int = PAGE, offset: int | None = None) -> Reply:
        """What is in the queue. ``offset`` makes Telegram forget everything before it."""
        params: dict[str, object] = {"limit": limit, "timeout": 0, "allowed_updates": ALLOWED}
        return self.client.ask("getUpdates", **params, **({} if offset is None else _at(offset)))

    def _known(self) -> Mapping[int, Chat]:
        """The channels by number, read once. One that is closed to the bot is told, not all of
        them: then there is nothing to read."""
        if self._chats is None:
            found: dict[int, Chat] = {}
            closed: SkipError | None = None
            for name in self.named():
                try:
                    chat = self.chat(name)
                except SkipError as fault:
                    closed = fault
                    words = _("The bot may not see the channel %(name)s.")
                    self._said.append(filled(words, name=name))
                else:
                    found[chat.number] = chat
            if closed is not None and not found:
                raise closed
            self._chats = found
        return self._chats

    def _updates(self) -> Iterator[Page]:
        """Pages until one is empty. Whatever came is stored before the next request makes Telegram
        forget it, and given to the register again for three days.

        The first request names no number: what another run left unread or unforgotten comes then,
        and a replay asks the same.
        """
        chats, zone = self._known(), ZoneInfo(self.time_zone())
        stored = self._tokens.get(_KEPT_AS, lambda _secrets: Minted(Memory().dump()))
        memory = Memory.load(stored)
        offset: int | None = None
        while True:
            reply = self.updates(offset=offset)
            numbers, notices = memory.take(reply.result, reply.raw, chats=chats, zone=zone)
            memory.forget()
            stored = self._store(stored, memory.dump())
            yield _page(
                reply,
                received=len(numbers),
                levels=() if numbers else tuple(memory.levels(chats, zone)),
                notices=(*self._told(), *notices),
            )
            if not numbers:
                return
            offset = numbers[-1] + 1

    def _store(self, before: str, after: str) -> str:
        if after == before:
            return before
        return self._tokens.renew(_KEPT_AS, before, lambda _secrets: Minted(after))

    def _followers(self) -> Iterator[Page]:
        zone = ZoneInfo(self.time_zone())
        for chat in self._known().values():
            reply = self.client.ask("getChatMemberCount", chat_id=chat.number)
            now = timezone.now()
            level = Level(
                subject=chat.subject,
                metric="followers",
                taken_at=now,
                day=timezone.localdate(now, zone),
                value=count_of(reply.result, reply.raw),
            )
            yield _page(reply, received=1, levels=(level,), notices=self._told())

    def _told(self) -> tuple[StrOrPromise, ...]:
        said, self._said = tuple(self._said), []
        return said


def _chat_id(name: str) -> str | int:
    return name if name.startswith("@") else int(name)


def _at(offset: int) -> dict[str, object]:
    return {"offset": offset}


def _page(
    reply: Reply, *, received: int, levels: tuple[Level, ...], notices: tuple[StrOrPromise, ...]
) -> Page:
    return Page(
        facts=(),
        levels=levels,
        raw=reply.raw,
        request=reply.request,
        content_type=reply.content_type,
        received=received,
        notices=(*reply.notices, *notices),
    )
