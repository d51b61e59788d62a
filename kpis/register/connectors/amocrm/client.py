"""amoCRM over the wire: pages of a list, tokens that rotate, its refusals as faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import DETAIL, Caller, fault_of_status
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of
from kpis.register.connectors.tokens import Minted

VENDOR = "amoCRM"
LARGEST = 250
EVENTS = 100
# Ids go into the address, whose length has a limit.
IDS = 50
Params = Mapping[str, object]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``data`` is {} for the 204 of an empty page."""

    data: Row
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...]

    @property
    def reader(self) -> Reader:
        """Reads this answer."""
        return Reader(VENDOR, self.raw)

    def rows(self, reader: Reader, name: str) -> list[Row]:
        """The embedded list; an empty page has none."""
        if not self.data:
            return []
        embedded = reader.mapping(reader.field(self.data, "_embedded"), "_embedded")
        return reader.rows(reader.field(embedded, name), name)

    @property
    def has_next(self) -> bool:
        """Whether the vendor links to a page behind this one."""
        links = self.data.get("_links")
        return isinstance(links, dict) and bool(links.get("next"))


class AmocrmClient:
    """Asks one account, with a long-lived token if there is one, else with a pair that rotates."""

    def __init__(self, account: Account, *, page_size: int = LARGEST) -> None:
        self._account = account
        base = str(account.settings.get("base_url", ""))
        self._page_size = page_size
        self._limit = Limit(
            "amocrm.account", requests=7, seconds=1, burst=7, key=urlsplit(base).hostname or ""
        )
        self._caller = Caller(VENDOR, base, account=account)

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def get(self, path: str, params: Params | None = None) -> Reply:
        """One answer of ``/api/v4``. Raises the `SourceError` it stands for."""
        flat = {name: str(value) for name, value in (params or {}).items()}
        own = self._account.secrets.get("long_token", "")
        token = own or self._account.tokens.get("access", self._mint)
        answer = self._asked(path, flat, token)
        if answer.status == 401 and not own:
            token = self._account.tokens.renew("access", token, self._mint)
            answer = self._asked(path, flat, token)
        return self._reply(answer, path, flat)

    def walked(
        self, field: str, first: dt.datetime, behind: dt.datetime, extra: Params
    ) -> Iterator[tuple[Reply, Reader, list[Row]]]:
        """Leads by a moment of theirs, oldest first. The next page begins at the last moment seen,
        so a lead that changes meanwhile shifts no other out of sight; where a whole page has one
        moment, its further pages are turned. A lead may come twice."""
        since, until, page = int(first.timestamp()), int(behind.timestamp()) - 1, 1
        while True:
            reply = self.get(
                "leads",
                {
                    f"filter[{field}][from]": since,
                    f"filter[{field}][to]": until,
                    f"order[{field}]": "asc",
                    "limit": self._page_size,
                    "page": page,
                    **extra,
                },
            )
            reader = reply.reader
            rows = reply.rows(reader, "leads")
            yield reply, reader, rows
            if not rows or not reply.has_next:
                return
            last = int(reader.figure(reader.field(rows[-1], field), field))
            since, page = (last, 1) if last > since else (since, page + 1)

    def paged(
        self, path: str, name: str, params: Params, size: int
    ) -> Iterator[tuple[Reply, Reader, list[Row]]]:
        """A list by numbered pages."""
        page = 1
        while True:
            reply = self.get(path, {**params, "limit": size, "page": page})
            reader = reply.reader
            rows = reply.rows(reader, name)
            yield reply, reader, rows
            if not rows or not reply.has_next:
                return
            page += 1

    def numbered(self, path: str, name: str, ids: list[str]) -> Iterator[tuple[Reader, Row]]:
        """Those of these objects that exist."""
        for place in range(0, len(ids), IDS):
            some = ids[place : place + IDS]
            params = {f"filter[id][{index}]": key for index, key in enumerate(some)}
            for _reply, reader, rows in self.paged(path, name, params, LARGEST):
                for row in rows:
                    yield reader, row

    def _asked(self, path: str, params: Mapping[str, str], token: str) -> http.Answer:
        self._caller.hide(token)
        return self._caller.ask(
            "GET",
            f"api/v4/{path}",
            params=params,
            headers={"Authorization": f"Bearer {token}"},
            limits=(self._limit,),
        )

    def _reply(self, answer: http.Answer, path: str, params: Mapping[str, str]) -> Reply:
        notices: list[StrOrPromise] = []
        if answer.status != 204:
            fault = fault_of(answer, self._caller)
            if fault is not None:
                raise fault
            data = json_of(VENDOR, answer, notices)
        else:
            data = {}
        return Reply(
            data=Reader(VENDOR, answer.body).mapping(data, path),
            raw=answer.body,
            request=f"GET {path} {urlencode(params, safe='[]')}".strip(),
            content_type=answer.content_type or "application/json",
            notices=tuple(notices),
        )

    def _mint(self, secrets: Mapping[str, str]) -> Minted:
        """A new pair. The refresh token is good for one use and three months."""
        if not secrets.get("refresh_token"):
            raise AuthError(
                _("Neither a long-lived token nor a refresh token has been entered."),
                advice=_("Make a private integration in amoCRM and enter its long-lived token."),
            )
        settings = self._account.settings
        answer = self._caller.ask(
            "POST",
            "oauth2/access_token",
            json={
                "client_id": str(settings.get("client_id", "")),
                "client_secret": secrets.get("client_secret", ""),
                "grant_type": "refresh_token",
                "refresh_token": secrets["refresh_token"],
                "redirect_uri": str(settings.get("redirect_uri", "")),
            },
            limits=(self._limit,),
        )
        if answer.status in (400, 401, 403):
            raise AuthError(
                _("amoCRM no longer takes the refresh token."),
                detail=said(answer, self._caller),
                advice=_("Enter a new long-lived token, or connect the integration again."),
            )
        fault = fault_of(answer, self._caller)
        if fault is not None:
            raise fault
        reader = Reader(VENDOR, b"")
        data = reader.mapping(json_of(VENDOR, answer), "oauth2")
        lifetime = int(reader.figure(reader.field(data, "expires_in"), "expires_in"))
        return Minted(
            reader.text(data, "access_token"),
            timezone.now() + dt.timedelta(seconds=lifetime),
            {"refresh_token": reader.text(data, "refresh_token")},
        )


def said(answer: http.Answer, caller: Caller) -> str:
    """What the problem in the answer is, in the vendor's words."""
    try:
        data = json_of(VENDOR, answer)
    except SourceError:
        return f"HTTP {answer.status}"
    if not isinstance(data, dict):
        return f"HTTP {answer.status}"
    words = (data.get(name) for name in ("title", "hint", "detail", "validation-errors"))
    return caller.masked(" ".join(str(word) for word in words if word))[:DETAIL]


def fault_of(answer: http.Answer, caller: Caller) -> SourceError | None:
    """The fault of an answer; None where it is none."""
    status = answer.status
    if 200 <= status < 300:
        return None
    detail = said(answer, caller)
    if status == 402:
        return AuthError(
            _("The account is not paid for: amoCRM does not answer programs."),
            detail=detail,
            advice=_("Pay for the account, then switch the source on again."),
        )
    if status == 403:
        return AuthError(
            _("amoCRM refuses: the token lacks a right, or this server's address is blocked."),
            detail=detail,
            advice=_("Check the rights of the integration; a block is lifted by amoCRM's support."),
        )
    if status == 400:
        return ConfigError(
            filled(_("%(vendor)s refused the request."), vendor=VENDOR), detail=detail
        )
    return fault_of_status(VENDOR, answer, detail)
