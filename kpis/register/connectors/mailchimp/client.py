"""Asking Mailchimp: the key as a password, its ending names the data centre."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of

VENDOR = "Mailchimp"
PARALLEL = 10
_DATA_CENTRE = re.compile(r"-([a-z]{2,4}\d{1,4})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted answer."""

    data: Mapping[str, object]
    raw: bytes
    request: str
    notices: tuple[StrOrPromise, ...]


def address_of(settings: Mapping[str, object], key: str) -> str:
    """The address of the settings, else that of the data centre in the key's ending."""
    typed = str(settings.get("base_url") or "")
    if typed:
        return typed
    found = _DATA_CENTRE.search(key)
    if found is None:
        raise ConfigError(
            _("The key does not end with a data centre, like -us21."),
            field="base_url",
            advice=_("Copy the whole key, or enter the address of the interface."),
        )
    return f"https://{found[1]}.api.mailchimp.com/3.0"


class MailchimpClient:
    """One account by its key."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._key = account.secrets.get("api_key", "")
        self._opened: Caller | None = None
        self._limit = Limit("mailchimp.account", parallel=PARALLEL, key=account.uid)

    def get(self, path: str, params: Mapping[str, str]) -> Reply:
        """The data of one address. Raises a `SourceError`."""
        caller, basic = self._caller()
        answer = caller.ask(
            "GET",
            path,
            limits=(self._limit,),
            params=params,
            headers={"Authorization": f"Basic {basic}"},
        )
        notices: list[StrOrPromise] = []
        fault = self._fault(caller, answer)
        if fault is not None:
            raise fault
        data = Reader(VENDOR, answer.body).mapping(json_of(VENDOR, answer, notices), "answer")
        shown = " ".join(["GET", path, *(f"{name}={value}" for name, value in params.items())])
        return Reply(data, answer.body, shown, tuple(notices))

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()

    def _caller(self) -> tuple[Caller, str]:
        if not self._key:
            raise AuthError(_("No access key has been entered."))
        basic = base64.b64encode(f"modus:{self._key}".encode()).decode()
        if self._opened is None:
            address = address_of(self._account.settings, self._key)
            self._opened = Caller(VENDOR, address, account=self._account, secrets=(basic,))
        return self._opened, basic

    def _fault(self, caller: Caller, answer: http.Answer) -> SourceError | None:
        if 200 <= answer.status < 300:
            return None
        title, detail = _problem(answer)
        words = caller.masked(": ".join(filter(None, (title, detail))))
        if answer.status == 403 and answer.content_type == "text/html":
            # Its outer wall refuses who asks too much, with a page.
            wait = wait_of(answer, detail=words)
            caller.gate.closed_until(self._limit, wait.until)
            return wait
        if title in ("WrongDatacenter", "Wrong Datacenter"):
            return ConfigError(
                filled(_("%(vendor)s does not know this address."), vendor=VENDOR),
                field="base_url",
                detail=words,
                advice=_("Leave the address empty: it is taken from the key."),
            )
        return fault_of_status(VENDOR, answer, words)


def _problem(answer: http.Answer) -> tuple[str, str]:
    """Title and detail of Mailchimp's own problem description, "" where it sent none."""
    try:
        body = json_of(VENDOR, answer)
    except SourceError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("title") or ""), str(body.get("detail") or "")
