"""The connection check: the bot, its queue and every channel tried by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError, WaitError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.telegram.client import VENDOR, Reply
from kpis.register.connectors.trying import failed, tried

if TYPE_CHECKING:
    from kpis.register.connectors.telegram.connector import TelegramConnector

_ADMINS = frozenset({"administrator", "creator"})


def checks(connector: TelegramConnector) -> Iterator[CheckItem]:
    """The items in the order of cause: what cannot be tried after a fault is not listed. Nothing is
    taken out of the queue."""
    reached, token = _("Telegram answers at the address"), _("The bot's token is accepted")
    try:
        reply = connector.client.ask("getMe")
        name = _field(reply, "username")
    except AuthError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("token", token, fault)
        return
    except WaitError as fault:
        yield CheckItem("reach", reached, ok=True)
        yield failed("limit", _("Telegram may be asked now"), fault)
        return
    except SourceError as fault:
        yield failed("reach", reached, fault)
        return
    yield CheckItem("reach", reached, ok=True)
    yield CheckItem("token", token, ok=True, detail=f"@{name}")
    yield tried("queue", _("The queue of updates can be read"), lambda: _queue(connector))
    try:
        names = connector.named()
    except SourceError as fault:
        yield failed("channels", _("Channels"), fault)
        return
    for channel in names:
        label = filled(_("The channel %(name)s"), name=channel)
        yield _channel(connector, channel, label)


def _queue(connector: TelegramConnector) -> StrOrPromise:
    """A webhook is looked for first: with one the queue is closed."""
    if url := _field(connector.client.ask("getWebhookInfo"), "url"):
        raise ConfigError(
            _("Telegram sends the bot's updates to another address (a webhook)."),
            field="bot_token",
            detail=url.partition("?")[0][:100],
            advice=_("Remove the webhook, or give this source a bot of its own."),
        )
    connector.updates(limit=1)
    return ""


def _channel(connector: TelegramConnector, name: str, label: StrOrPromise) -> CheckItem:
    try:
        chat = connector.chat(name)
        member = connector.client.ask(
            "getChatMember", chat_id=chat.number, user_id=int(connector.client.bot)
        )
        status = _field(member, "status")
    except SourceError as fault:
        return failed(f"channel {name}", label, fault)
    if chat.kind != "channel":
        return CheckItem(
            f"channel {name}",
            label,
            ok=False,
            detail=filled(_("This is not a channel but a chat: %(title)s"), title=chat.title),
            advice=_("Only channels can be read."),
        )
    if status not in _ADMINS:
        return CheckItem(
            f"channel {name}",
            label,
            ok=False,
            detail=_("The bot is not an administrator, so it is not told of reactions."),
            advice=_("Make the bot an administrator of the channel."),
        )
    return CheckItem(f"channel {name}", label, ok=True, detail=f"{chat.title} ({chat.number})")


def _field(reply: Reply, name: str) -> str:
    reader = Reader(VENDOR, reply.raw)
    return reader.text(reader.mapping(reply.result, "result"), name)
