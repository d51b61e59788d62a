"""Matomo over the wire: one POST, several queries, each with an answer or a fault of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.errors import BugError, RetryError
from kpis.register.connectors.matomo import faults

Query = Mapping[str, str]
_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """``elements``: one parsed answer per query, in order. ``raw`` and ``request`` are masked."""

    elements: tuple[object, ...]
    raw: bytes
    request: str
    content_type: str
    notices: tuple[StrOrPromise, ...] = ()

    def element(self, index: int) -> object:
        """The answer to one query. Raises the `SourceError` it stands for when it is an error."""
        data = self.elements[index]
        message = _error_message(data)
        if message is not None:
            raise faults.from_message(message[:_DETAIL], raw=self.raw)
        return data


class MatomoClient:
    """Asks one installation. ``token`` travels in the POST body only and is masked elsewhere."""

    def __init__(self, base_url: str, token: str) -> None:
        self._token = token
        self._secrets = (token,)
        try:
            self._http = http.Client(base_url, secrets=self._secrets)
        except http.UrlRefused as error:
            raise faults.from_transport(error) from error

    def close(self) -> None:
        """Free the connections."""
        self._http.close()

    def ask(self, *queries: Query) -> Reply:
        """All queries in one bulk request. Raises a `SourceError` when the whole answer is a fault;
        the fault of one query is raised by `Reply.element`."""
        form = {
            "module": "API",
            "method": "API.getBulkRequest",
            "format": "json",
            "format_metrics": "0",
            "language": "en",  # a fault is told by its English message
            "token_auth": self._token,
        }
        for index, query in enumerate(queries):
            common = {"format_metrics": "0", "filter_limit": "-1", "language": "en"}
            form[f"urls[{index}]"] = urlencode({**query, **common})
        shown = "; ".join(" ".join([q["method"], *_arguments(q)]) for q in queries)
        try:
            answer = self._http.request("POST", "index.php", form=form)
        except http.HttpError as error:
            raise faults.from_transport(error) from error
        return self._reply(answer, f"POST index.php API.getBulkRequest [{shown}]", len(queries))

    def _reply(self, answer: http.Answer, request: str, count: int) -> Reply:
        raw = http.mask_bytes(answer.body, self._secrets)
        text, notices = _decode(raw, answer.charset)
        start = text.strip()[:_DETAIL]
        if answer.status == 200 and not text.strip():
            raise RetryError(_("Matomo sent an empty answer."), detail=request)
        try:
            # Digits are kept as sent; NaN and Infinity are not JSON.
            data = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            fault = faults.from_status(answer, start)
            raise (fault or _not_json(text, raw, error, answer.content_type)) from error
        message = _error_message(data)
        if message is not None:
            shown = http.mask(message, self._secrets)[:_DETAIL]
            fault = faults.from_message(shown, raw=raw, answer=answer)
            # An error we do not know is judged by its status: a 503 stays temporary.
            by_status = faults.from_status(answer, shown) if isinstance(fault, BugError) else None
            raise by_status or fault
        fault = faults.from_status(answer, start)
        if fault is not None:
            raise fault
        if not isinstance(data, list) or len(data) != count:
            raise BugError(
                _("Matomo's answer does not have one part for every question."),
                raw=raw,
                detail=start,
            )
        return Reply(tuple(data), raw, request, answer.content_type or "application/json", notices)


def _arguments(query: Query) -> list[str]:
    return [f"{name}={value}" for name, value in query.items() if name != "method"]


def _error_message(data: object) -> str | None:
    """The message when ``data`` is Matomo's error body, else None."""
    if isinstance(data, dict) and data.get("result") == "error":
        return str(data.get("message", ""))
    return None


def _decode(body: bytes, charset: str) -> tuple[str, tuple[StrOrPromise, ...]]:
    """Declared character set first; what is no UTF-8 is read as windows-1251, with a notice."""
    for name in filter(None, (charset, "utf-8-sig")):
        try:
            return body.decode("utf-8-sig" if name == "utf-8" else name), ()
        except (UnicodeDecodeError, LookupError):
            continue
    notice = _("The answer was not in UTF-8 and was read as windows-1251.")
    return body.decode("cp1251", errors="replace"), (notice,)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _not_json(text: str, raw: bytes, error: Exception, content_type: str) -> BugError | RetryError:
    """A cut-off answer comes whole the next time; a page instead of data needs a person."""
    start = text.lstrip()[:_DETAIL]
    if start.startswith("<") or content_type == "text/html":
        return BugError(
            _("Matomo answered with a web page instead of data."),
            raw=raw,
            detail=start,
            advice=_("Check the address; a sign-in page or a protection page may stand before it."),
        )
    if isinstance(error, json.JSONDecodeError) and _is_cut_off(error, text):
        return RetryError(_("Matomo's answer was cut off."), detail=text[-_DETAIL:])
    return BugError(_("Matomo's answer is not readable."), raw=raw, detail=start)


def _is_cut_off(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - 1
