"""Asking a vendor: through the gate, masked, with every transport fault as one of the six classes.

What is said inside an answer (an envelope of the vendor's own) is the connector's to judge; it asks
`fault_of_status` for what a bare status means and `connectors.parsing` to read the body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.tape import question_of, request_text

DETAIL = 300
# Without a hint: long enough to be polite, short enough to be noticed on the same day.
PAUSE = dt.timedelta(minutes=5)
LONGEST_PAUSE = dt.timedelta(days=1)
LATER = _("Nothing to do: the source is asked again by itself.")


class Caller:
    """One host of one vendor. ``vendor`` is its name for people; ``secrets`` are masked in whatever
    is kept or logged, besides all secrets of the account. ``hint_header`` (lower case) is where a
    429 of this vendor says how long to wait."""

    def __init__(
        self,
        vendor: str,
        base_url: str,
        *,
        account: Account,
        secrets: Iterable[str] = (),
        sizes: http.Limits | None = None,
        hint_header: str = "",
    ) -> None:
        self.vendor = vendor
        self._hint_header = hint_header
        self.gate = account.gate
        self._tape = account.tape
        self._secrets = tuple(filter(None, (*account.secrets.values(), *secrets)))
        self._base_url = base_url
        self._sizes = sizes
        self._opened: http.Client | None = None

    def hide(self, *secrets: str) -> None:
        """Secrets learned later (an access token) are masked from here on."""
        new = tuple(text for text in secrets if text and text not in self._secrets)
        if new:
            self._secrets += new
            self.close()

    def masked(self, text: str) -> str:
        """``text`` without secrets, short enough for a detail."""
        return http.mask(text, self._secrets)[:DETAIL]

    def ask(
        self,
        method: str,
        path: str = "",
        *,
        limits: Sequence[Limit] = (),
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> http.Answer:
        """The answer, whatever its status, its body masked. Raises a `SourceError` where there is
        none; a 429 closes the last of ``limits`` for everyone. Shown to the account's tape."""
        told = http.mask(request_text(method, path, params, form, json, content), self._secrets)
        question = question_of(told)
        kept = self._tape.played(question)
        if kept is not None:
            return kept
        with self.gate.enter(limits):
            try:
                answer = self._client().request(
                    method,
                    path,
                    params=params,
                    form=form,
                    json=json,
                    content=content,
                    headers=headers,
                )
            except http.HttpError as error:
                raise transport_fault(self.vendor, error) from error
        if answer.status == 429 and limits:
            self.gate.closed_until(limits[-1], wait_of(answer, seconds=self.hint(answer)).until)
        answer = replace(answer, body=http.mask_bytes(answer.body, self._secrets))
        self._tape.heard(question, told, answer)
        return answer

    def hint(self, answer: http.Answer) -> int | None:
        """The seconds in the vendor's own header (``hint_header``), None without it."""
        value = answer.headers.get(self._hint_header, "").strip() if self._hint_header else ""
        return int(value[:9]) if value.isascii() and value.isdecimal() else None

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _client(self) -> http.Client:
        if self._opened is None:
            try:
                self._opened = http.Client(
                    self._base_url, secrets=self._secrets, limits=self._sizes
                )
            except http.UrlRefused as error:
                raise transport_fault(self.vendor, error) from error
        return self._opened


def transport_fault(vendor: str, error: http.HttpError) -> SourceError:
    """No answer came: what that means for the source."""
    detail = str(error)
    match error:
        case http.HttpTimeout():
            return RetryError(
                filled(_("%(vendor)s did not answer in time."), vendor=vendor), detail=detail
            )
        case http.TlsFailed():
            return ConfigError(
                _("The server's certificate could not be verified."),
                field="base_url",
                detail=detail,
                advice=_("Correct the address, or renew the certificate of the server."),
            )
        case http.AddressRefused():
            return ConfigError(
                _("The address leads into a closed network and is not called."),
                field="base_url",
                detail=detail,
                advice=_("If the server really is there, ask the administrator to allow it."),
            )
        case http.UrlRefused():
            return ConfigError(
                _("This is not an address that can be called."), field="base_url", detail=detail
            )
        case http.RedirectRefused(location=location):
            return ConfigError(
                _("The server redirects to another address."),
                field="base_url",
                detail=detail,
                advice=filled(_("Enter the final address: %(location)s"), location=location),
            )
        case http.BodyTooLarge():
            return BugError(
                filled(_("The answer of %(vendor)s is larger than can be read."), vendor=vendor),
                detail=detail,
            )
        case http.HostNotFound():
            # A name server that is down for a minute looks just the same.
            return RetryError(_("The server's name was not found."), detail=detail)
        case _:
            return RetryError(
                filled(_("%(vendor)s could not be reached."), vendor=vendor), detail=detail
            )


def wait_of(answer: http.Answer, *, seconds: int | None = None, detail: str = "") -> WaitError:
    """The wait a 429 (or the vendor's own word for it) means: ``seconds`` as the vendor hints,
    else ``Retry-After``, else `PAUSE`; never longer than a day without being asked again."""
    now = timezone.now()
    until = (
        now + dt.timedelta(seconds=seconds)
        if seconds is not None
        else answer.retry_after(now) or now + PAUSE
    )
    return WaitError(until=min(max(until, now), now + LONGEST_PAUSE), detail=detail)


def fault_of_status(vendor: str, answer: http.Answer, detail: str = "") -> SourceError | None:
    """What a bare status means; None for 2xx. A connector whose vendor uses a status in its own way
    looks at it first."""
    status = answer.status
    if 200 <= status < 300:
        return None
    detail = f"HTTP {status}: {detail}".rstrip(": ")[:DETAIL]
    if status == 429:
        return wait_of(answer, detail=detail)
    if status >= 500:
        if status == 503 and answer.retry_after(timezone.now()) is not None:
            return wait_of(answer, detail=detail)
        return RetryError(
            filled(_("%(vendor)s is temporarily unavailable."), vendor=vendor),
            detail=detail,
            advice=LATER,
        )
    if status in (401, 403):
        return AuthError(
            filled(_("%(vendor)s does not let us in."), vendor=vendor),
            detail=detail,
            advice=_("Check the access token and its rights, and enter it again."),
        )
    if status in (404, 405, 410):
        return ConfigError(
            filled(_("%(vendor)s does not know this address."), vendor=vendor),
            field="base_url",
            detail=detail,
            advice=_("Check the address of the source."),
        )
    return BugError(
        filled(_("%(vendor)s refused the request."), vendor=vendor),
        raw=answer.body,
        detail=detail,
    )
