"""Asking Direct: reports that may be queued, and the error envelope all its services share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import json_of

VENDOR = "Yandex Direct"
QUEUE = 5
# A report being built, when Direct does not say when to come again.
BUILDING = 60
LONGEST = 3600
# Seconds to wait by error code: points, requests, connections, the queue of reports.
_WAITS = {152: 3600, 56: 60, 506: 60, 9000: 300}
_AUTH = frozenset({53})
_RIGHTS = frozenset({54, 58, 513, 3000, 3001})
_RETRY = frozenset({52, 500, 1000, 1001, 1002})
_CONFIG = frozenset({8000, 8312, 8800})


class DirectClient:
    """One advertiser. ``login`` is sent only where an agency's token needs it."""

    def __init__(self, account: Account) -> None:
        settings = account.settings
        self._token = account.secrets.get("token", "")
        self._login = str(settings.get("client_login", ""))
        self.caller = Caller(VENDOR, str(settings.get("base_url", "")), account=account)
        key = self._login or account.uid
        self.rate = Limit("direct.user", requests=20, seconds=10, burst=20, key=key)
        self.queue = Limit("direct.queue", parallel=QUEUE, key=key)

    def close(self) -> None:
        """Free the connections."""
        self.caller.close()

    def report(self, params: Mapping[str, object]) -> http.Answer:
        """The finished report as it was sent. `WaitError` while Direct is building it: the same
        ``params`` asked again later fetch it."""
        answer = self.caller.ask(
            "POST",
            "json/v5/reports",
            json={"params": params},
            headers={
                **self._headers(),
                "processingMode": "auto",
                "returnMoneyInMicros": "false",
                "skipReportHeader": "true",
                # The last line counts the rows: that is how a short report is noticed.
                "skipReportSummary": "false",
            },
            limits=(self.queue, self.rate),
        )
        if answer.status in (201, 202):
            raise self._queued(answer)
        self._refuse(answer)
        return answer

    def call(self, service: str, method: str, params: Mapping[str, object]) -> object:
        """``result`` of another service of Direct."""
        answer = self.caller.ask(
            "POST",
            f"json/v5/{service}",
            json={"method": method, "params": params},
            headers=self._headers(),
            limits=(self.rate,),
        )
        self._refuse(answer)
        data = json_of(VENDOR, answer)
        if not isinstance(data, dict) or "result" not in data:
            raise BugError(_("A part of the answer has an unknown shape."), raw=answer.body)
        return data["result"]

    def _headers(self) -> dict[str, str]:
        if not self._token:
            raise AuthError(_("No access token has been entered."))
        login = {"Client-Login": self._login} if self._login else {}
        return {"Authorization": f"Bearer {self._token}", "Accept-Language": "ru", **login}

    def _queued(self, answer: http.Answer) -> WaitError:
        now = timezone.now()
        until = now + dt.timedelta(seconds=_seconds(answer, BUILDING))
        waiting = answer.headers.get("reportsinqueue", "")
        if waiting.isascii() and waiting.isdecimal():
            left = max(QUEUE - int(waiting[:3]), 0)
            self.caller.gate.left(self.queue, remaining=left, of=QUEUE, until=until)
        return WaitError(
            _("Direct is building the report."),
            until=until,
            detail=f"HTTP {answer.status}",
            advice=LATER,
        )

    def _refuse(self, answer: http.Answer) -> None:
        """Raises what the envelope or else the bare status means; a report has neither."""
        body = answer.body.lstrip()
        if body.startswith(b"{"):
            data = json_of(VENDOR, answer)
            error = data.get("error") if isinstance(data, dict) else None
            if isinstance(error, dict):
                raise self._fault(answer, error)
        detail = self.caller.masked(body[:200].decode(errors="replace"))
        fault = fault_of_status(VENDOR, answer, detail)
        if fault is not None:
            raise fault

    def _fault(self, answer: http.Answer, error: Mapping[str, object]) -> SourceError:
        shown = str(error.get("error_code", ""))
        code = int(shown) if shown.isascii() and shown.isdecimal() else 0
        said = ": ".join(
            str(error[name]) for name in ("error_string", "error_detail") if error.get(name)
        )
        detail = self.caller.masked(f"{shown}: {said}")
        if code in _WAITS:
            wait = wait_of(answer, seconds=_seconds(answer, _WAITS[code]), detail=detail)
            self.caller.gate.closed_until(self.queue if code == 9000 else self.rate, wait.until)
            return wait
        if code in _AUTH:
            return AuthError(
                filled(_("%(vendor)s does not let us in."), vendor=VENDOR),
                detail=detail,
                advice=_("Check the access token and its rights, and enter it again."),
            )
        if code in _RIGHTS:
            return AuthError(
                _("Direct does not show this advertiser to the holder of the token."),
                detail=detail,
                advice=_("Check the login of the client and that API access was granted."),
            )
        if code in _RETRY:
            return RetryError(
                filled(_("%(vendor)s is temporarily unavailable."), vendor=VENDOR),
                detail=detail,
                advice=LATER,
            )
        if code in _CONFIG or 4000 <= code < 5000:
            return ConfigError(
                filled(_("%(vendor)s refused the request."), vendor=VENDOR),
                field="goals" if "goal" in said.lower() else "",
                detail=detail,
                advice=_("Check the goals and the login in the settings of the source."),
            )
        return fault_of_status(VENDOR, answer, detail) or BugError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR),
            raw=answer.body,
            detail=detail,
        )


def _seconds(answer: http.Answer, otherwise: int) -> int:
    """``retryIn`` of the answer, within reason."""
    hint = answer.headers.get("retryin", "").strip()
    if not (hint.isascii() and hint.isdecimal()):
        return otherwise
    return min(max(int(hint[:6]), 1), LONGEST)
