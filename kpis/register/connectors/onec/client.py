"""Asking 1C: one request at a time, its errors in JSON and in XML."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from config.lib import http
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status
from kpis.register.connectors.errors import AuthError, ConfigError, RetryError, SourceError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import json_of

VENDOR = "1C"
_XML_MESSAGE = re.compile(r"<(?:\w+:)?message[^>]*>([^<]{1,500})")


class OneCClient:
    """One infobase. Every request takes a licence of it, so there is one at a time."""

    def __init__(self, account: Account) -> None:
        password = account.secrets.get("password", "")
        login = str(account.settings.get("login") or "")
        if not login or not password:
            raise AuthError(_("No user name and password have been entered."))
        packed = base64.b64encode(f"{login}:{password}".encode()).decode()
        address = str(account.settings.get("base_url") or "")
        self._headers = {"Authorization": f"Basic {packed}", "Accept": "application/json"}
        self._caller = Caller(VENDOR, address, account=account, secrets=(packed,))
        self._limit = Limit("onec.base", parallel=1, key=address)

    def ask(self, path: str, query: Mapping[str, str]) -> tuple[http.Answer, object]:
        """The answer and its JSON. Raises a `SourceError`."""
        # Blanks as %20: 1C takes a plus for a plus.
        tail = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        answer = self._caller.ask(
            "GET", f"{quote(path)}?{tail}", limits=[self._limit], headers=self._headers
        )
        words = _words(answer)
        if words is not None or answer.status >= 300:
            raise self._fault(answer, words or "")
        return answer, json_of(VENDOR, answer)

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def _fault(self, answer: http.Answer, words: str) -> SourceError:
        detail = self._caller.masked(words)
        low = words.casefold()
        if answer.status in (401, 403):
            return AuthError(
                _("1C does not let us in."),
                detail=detail,
                advice=_("Check the user name and the password and enter them again."),
            )
        if words and "прав" in low:
            return AuthError(
                _("The user of 1C may not read this."),
                detail=detail,
                advice=_("Give the user the right to read the documents."),
            )
        if words and answer.status == 404:
            return ConfigError(
                _("1C does not give out this document."),
                field="document",
                detail=detail,
                advice=_("Add it to the contents of the standard OData interface, or correct it."),
            )
        if words and answer.status == 400:
            return ConfigError(
                _("1C does not know a field that was asked for."),
                field="amount_field",
                detail=detail,
                advice=_("Correct the names of the fields in the settings of the source."),
            )
        found = fault_of_status(VENDOR, answer, detail)
        return found or RetryError(_("1C answered with an error."), detail=detail, advice=LATER)


def _words(answer: http.Answer) -> str | None:
    """What 1C says went wrong, whatever the status; None where it gives data."""
    text = answer.body.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("{"):
        try:
            data = json.loads(text)
        except ValueError:
            return None
        error = data.get("odata.error") or data.get("error")
        if not isinstance(error, dict):
            return None
        message = error.get("message")
        said = message.get("value") if isinstance(message, dict) else message
        return " ".join(str(part) for part in (error.get("code"), said) if part)
    if text.startswith("<") and (found := _XML_MESSAGE.search(text)):
        return found[1].strip()
    return None
