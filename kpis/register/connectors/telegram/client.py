"""The Bot API over the wire: the token is a part of the address, an error says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of

VENDOR = "Telegram"


@dataclass(frozen=True, slots=True)
class Reply:
    """``result`` of one call; ``raw`` and ``request`` are masked."""

    result: object
    raw: bytes
    content_type: str
    request: str
    notices: tuple[StrOrPromise, ...]


class TelegramClient:
    """Asks for one bot."""

    def __init__(self, account: Account) -> None:
        self._token = account.secrets.get("bot_token", "")
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        # What stands before the colon is the bot's public id.
        self.bot = self._token.partition(":")[0] if ":" in self._token else ""
        self._rate = Limit("telegram.bot", requests=30, burst=10, key=self.bot)
        # Two readers of the queue at once are refused.
        self._queue = Limit("telegram.updates", parallel=1, key=self.bot)

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def ask(self, method: str, **params: object) -> Reply:
        """The result of one method. Raises a `SourceError`."""
        if not self._token:
            raise AuthError(_("No access token has been entered."))
        queue = (self._queue,) if method == "getUpdates" else ()
        answer = self._caller.ask(
            "POST", f"bot{self._token}/{method}", limits=(*queue, self._rate), json=params
        )
        shown = " ".join(f"{name}={value}" for name, value in params.items())
        return self._judged(answer, self._caller.masked(f"{method} {shown}".strip()))

    def _judged(self, answer: http.Answer, request: str) -> Reply:
        notices: list[StrOrPromise] = []
        try:
            data = json_of(VENDOR, answer, notices)
        except SourceError as fault:
            raise fault_of_status(VENDOR, answer) or fault from fault
        reader = Reader(VENDOR, answer.body)
        whole = reader.mapping(data, "answer")
        if whole.get("ok") is not True:
            raise self._fault(answer, whole)
        refused = fault_of_status(VENDOR, answer)
        if refused is not None:
            raise refused
        result = reader.field(whole, "result")
        return Reply(result, answer.body, answer.content_type, request, tuple(notices))

    def _fault(self, answer: http.Answer, whole: Mapping[str, object]) -> SourceError:
        """The class of an error by its code, for some by its words."""
        number, words = whole.get("error_code"), str(whole.get("description", ""))
        code = number if isinstance(number, int) else 0
        parameters = whole.get("parameters")
        hints = parameters if isinstance(parameters, dict) else {}
        detail = self._caller.masked(f"{number}: {words}")
        if code == 429:
            seconds = hints.get("retry_after")
            wait = wait_of(
                answer, seconds=seconds if isinstance(seconds, int) else None, detail=detail
            )
            self._caller.gate.closed_until(self._rate, wait.until)
            return wait
        if code in (401, 404):  # a token of a wrong shape is "Not Found"
            return AuthError(
                _("Telegram does not know the bot's token."),
                detail=detail,
                advice=_("Take the token from @BotFather and enter it again."),
            )
        if code == 403:
            return SkipError(
                _("The bot may not see a channel."),
                detail=detail,
                advice=_("Make the bot an administrator of the channel."),
            )
        if code == 409 and "webhook" in words.lower():
            return ConfigError(
                _("Telegram sends the bot's updates to another address (a webhook)."),
                field="bot_token",
                detail=detail,
                advice=_("Remove the webhook, or give this source a bot of its own."),
            )
        if code == 409:
            return RetryError(
                _("Another program is reading the updates of this bot."),
                detail=detail,
                advice=_("Give this source a bot of its own."),
            )
        if code == 400:
            return self._wrong(detail, hints.get("migrate_to_chat_id"))
        if code >= 500:
            return RetryError(
                filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
                detail=detail,
                advice=LATER,
            )
        return BugError(
            _("Telegram answered with an unknown error."), raw=answer.body, detail=detail
        )

    def _wrong(self, detail: str, moved: object) -> ConfigError:
        advice: StrOrPromise = _("Check the channels and that the bot is in each of them.")
        if moved is not None:
            advice = filled(_("The chat has a new number: %(number)s. Enter it."), number=moved)
        return ConfigError(
            _("Telegram does not know a channel or does not accept the request."),
            field="channels",
            detail=detail,
            advice=advice,
        )
