"""VK's API over the wire: an error inside a 200, three kinds of token with rights of their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller, fault_of_status
from kpis.register.connectors.errors import ConfigError, SourceError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of
from kpis.register.connectors.vk.faults import TOO_MANY, fault_of, until_of

VENDOR = "VK"
VERSION = "5.199"
USER, SERVICE, COMMUNITY = "user_token", "service_token", "community_token"
TOKENS = (USER, SERVICE, COMMUNITY)
# By method: the tokens that may call it, the best first.
_MAY = {
    "groups.getById": (COMMUNITY, SERVICE, USER),
    "wall.get": (USER, SERVICE),
    "stats.get": (USER,),
}
_NEEDED: dict[str, StrOrPromise] = {
    "groups.getById": _("No token has been entered."),
    "wall.get": _("Posts need a user token or a service token, and neither has been entered."),
    "stats.get": _("Statistics need a user token, and none has been entered."),
}
_PER_SECOND = {USER: 3, SERVICE: 3, COMMUNITY: 20}


@dataclass(frozen=True, slots=True)
class Reply:
    """``response`` of one call; ``raw`` and ``request`` are masked."""

    response: object
    raw: bytes
    content_type: str
    request: str
    notices: tuple[StrOrPromise, ...]


class VkClient:
    """Asks for one community. Tokens travel in a header; what VK echoes of them is masked."""

    def __init__(self, account: Account, group: str) -> None:
        self._secrets = account.secrets
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        self._group = group

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def has(self, token: str) -> bool:
        """Whether this token has been entered."""
        return bool(self._secrets.get(token))

    def ask(self, method: str, *, token: str = "", **params: str) -> Reply:
        """The answer to ``method`` with the best token for it, or with ``token``. Raises a
        `SourceError`; `ConfigError` when no fitting token has been entered."""
        token = token or next((name for name in _MAY[method] if self.has(name)), "")
        if not token:
            raise ConfigError(
                _NEEDED[method],
                field=_MAY[method][0],
                advice=_("Enter the token, or switch this part of the source off."),
            )
        limits = (
            Limit(f"vk.{method}", key=self._group),
            Limit(f"vk.{token}", requests=_PER_SECOND[token], burst=3, key=self._group),
        )
        answer = self._caller.ask(
            "POST",
            f"method/{method}",
            limits=limits,
            form={**params, "v": VERSION},
            headers={"Authorization": f"Bearer {self._secrets[token]}"},
        )
        shown = " ".join(f"{name}={value}" for name, value in params.items())
        return self._judged(answer, self._caller.masked(f"{method} {shown}"), limits)

    def _judged(self, answer: http.Answer, request: str, limits: tuple[Limit, Limit]) -> Reply:
        notices: list[StrOrPromise] = []
        try:
            data = json_of(VENDOR, answer, notices)
        except SourceError as fault:
            raise fault_of_status(VENDOR, answer) or fault from fault
        reader = Reader(VENDOR, answer.body)
        whole = reader.mapping(data, "answer")
        error = whole.get("error")
        if isinstance(error, dict):
            raise self._fault(answer, error, limits)
        refused = fault_of_status(VENDOR, answer)
        if refused is not None:
            raise refused
        response = reader.field(whole, "response")
        return Reply(response, answer.body, answer.content_type, request, tuple(notices))

    def _fault(
        self, answer: http.Answer, error: dict[str, object], limits: tuple[Limit, Limit]
    ) -> SourceError:
        """``request_params`` of an error repeats what was sent, the token too: never shown."""
        number = error.get("error_code")
        code = number if isinstance(number, int) else 0
        detail = self._caller.masked(f"{number}: {error.get('error_msg', '')}")
        fault = fault_of(code, detail, answer.body)
        if fault.kind == "wait":
            method, token = limits
            self._caller.gate.closed_until(token if code == TOO_MANY else method, until_of(code))
        return fault
