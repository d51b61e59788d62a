"""Mango Office over the wire: signed commands, a report that is ordered and fetched later."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of, text_of
from kpis.register.connectors.tokens import Minted

VENDOR = "Mango Office"
# The order of the columns: the report has no header.
FIELDS = (
    "entry_id",
    "start",
    "finish",
    "answer",
    "from_extension",
    "from_number",
    "to_extension",
    "to_number",
    "disconnect_reason",
    "line_number",
)
_OK = 1000
_DENIED = {3102, 3105}  # the signature or the code of the exchange is wrong
_WRONG = {3100, 3101, 3103, 3104, 4001}
_POLL = dt.timedelta(seconds=15)
# A report that is not ready by then is ordered anew.
_KEY_LIFE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Report:
    """The text of a report, a row a line; ``raw`` is masked."""

    text: str
    raw: bytes
    request: str
    notices: tuple[StrOrPromise, ...]


class MangoClient:
    """Asks one exchange. Both halves of the key are masked wherever they show up."""

    def __init__(self, account: Account) -> None:
        self._key = account.secrets.get("api_key", "")
        self._salt = account.secrets.get("api_salt", "")
        self._tokens = account.tokens
        self._caller = Caller(VENDOR, str(account.settings.get("base_url", "")), account=account)
        self._limits = (
            Limit("mango.account", requests=10, seconds=60, burst=4, parallel=1, key=account.uid),
        )

    @property
    def has_key(self) -> bool:
        """Whether both halves have been entered."""
        return bool(self._key and self._salt)

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def report(self, since: dt.datetime, until: dt.datetime) -> Report:
        """The report of the legs that began in between. `WaitError` while it is being made: the
        order is remembered and the next question goes on with it."""
        name = f"stats:{since:%Y%m%d%H}:{until:%Y%m%d%H}"
        key = self._tokens.get(name, lambda _secrets: self._ordered(since, until))
        # Masked, the question is the same for every order: a replay finds its answer.
        self._caller.hide(key)
        answer = self._post("stats/result", {"key": key})
        if answer.status == 204:
            raise _not_ready()
        if answer.status == 404:
            self._forget(name, key)
            raise _not_ready()
        self._judge(answer)
        notices: list[StrOrPromise] = []
        text = text_of(answer, notices)
        if text.lstrip().startswith("<"):
            raise BugError(
                filled(_("%(vendor)s answered with a web page instead of data."), vendor=VENDOR),
                raw=answer.body,
                detail=text[:200],
            )
        # The next reading of these days needs a report of its own.
        self._forget(name, key)
        shown = f"stats/result {since.isoformat()} … {until.isoformat()}"
        return Report(text, answer.body, shown, tuple(notices))

    def _ordered(self, since: dt.datetime, until: dt.datetime) -> Minted:
        answer = self._post(
            "stats/request",
            {
                "date_from": str(int(since.timestamp())),
                "date_to": str(int(until.timestamp())),
                "fields": ",".join(FIELDS),
            },
        )
        self._judge(answer)
        reader = Reader(VENDOR, answer.body)
        key = reader.text(reader.mapping(json_of(VENDOR, answer), "stats/request"), "key")
        if not key:
            reader.bug(_("An agreed field is missing: it was renamed or removed."), "key")
        return Minted(key, expires_at=timezone.now() + _KEY_LIFE)

    def _forget(self, name: str, key: str) -> None:
        self._tokens.renew(name, key, lambda _secrets: Minted("", expires_at=timezone.now()))

    def _post(self, command: str, values: Mapping[str, object]) -> http.Answer:
        if not self.has_key:
            raise AuthError(_("No access token has been entered."))
        text = json.dumps(values, separators=(",", ":"))
        sign = hashlib.sha256(f"{self._key}{text}{self._salt}".encode()).hexdigest()
        self._caller.hide(sign)
        return self._caller.ask(
            "POST",
            command,
            limits=self._limits,
            form={"vpbx_api_key": self._key, "sign": sign, "json": text},
        )

    def _judge(self, answer: http.Answer) -> None:
        """Raise what a body of the kind ``{"result": 3100}`` or the status stands for."""
        if answer.body.lstrip().startswith(b"{"):
            data = json_of(VENDOR, answer)
            code = data.get("result") if isinstance(data, dict) else None
            if isinstance(code, int) and code != _OK:
                raise self._fault(code, answer)
        refused = fault_of_status(VENDOR, answer)
        if refused is not None:
            raise refused

    def _fault(self, code: int, answer: http.Answer) -> SourceError:
        detail = f"result {code}"
        if code in _DENIED:
            return AuthError(
                _("Mango Office does not accept the key."),
                detail=detail,
                advice=_("Copy both the code and the key for the signature again."),
            )
        if code in _WRONG:
            return ConfigError(
                _("Mango Office does not accept a setting of the request."), detail=detail
            )
        if 2000 <= code < 3000:
            return AuthError(
                _("Mango Office has limited the account."),
                detail=detail,
                advice=_("Look at the balance and the services of the account."),
            )
        if code >= 5000:
            return RetryError(
                _("Mango Office had an error of its own."), detail=detail, advice=LATER
            )
        return BugError(
            _("Mango Office answered with an unknown error."), raw=answer.body, detail=detail
        )


def _not_ready() -> WaitError:
    return WaitError(_("The report is being made."), until=timezone.now() + _POLL)
