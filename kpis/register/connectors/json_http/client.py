"""One question to the service, with its secret where the settings want it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from config.lib.text import filled
from kpis.register.connectors.base import Account
from kpis.register.connectors.caller import LATER, Caller, fault_of_status, wait_of
from kpis.register.connectors.errors import AuthError, ConfigError, RetryError, SourceError
from kpis.register.connectors.json_http.paths import MISSING, Path, first, rows
from kpis.register.connectors.json_http.plan import Plan
from kpis.register.connectors.json_http.templates import Values, address, body
from kpis.register.connectors.limits import Limit
from kpis.register.connectors.parsing import Reader, json_of

_NO_ERROR: tuple[object, ...] = (MISSING, None, False, "", 0, [], {})


@dataclass(frozen=True, slots=True)
class Got:
    """One answer: its rows, the number of all rows where it tells, and how to go on."""

    rows: list[object]
    total: int | None
    following: object
    reader: Reader
    request: str
    notices: tuple[StrOrPromise, ...]


class JsonClient:
    """Asks one service. ``vendor`` is its host's name."""

    def __init__(self, account: Account, plan: Plan) -> None:
        self._plan = plan
        self._secret = account.secrets.get("secret", "")
        self.vendor = urlsplit(plan.root).hostname or plan.root
        self._caller = Caller(self.vendor, plan.root, account=account)
        self._limits = (
            Limit(
                "json.source",
                requests=plan.per_minute,
                seconds=60,
                burst=max(1, plan.per_minute // 10),
                parallel=1,
                key=account.uid,
            ),
        )

    def close(self) -> None:
        """Free the connections."""
        self._caller.close()

    def ask(self, values: Values) -> Got:
        """The answer to the described question. Raises a `SourceError`."""
        path = address(self._plan.template, values, self._in_query())
        return self._asked(path, body(self._plan.body, values))

    def follow(self, link: str) -> Got:
        """The page a link leads to: on the same server only, with the secret put in anew."""
        plan = self._plan
        parts = urlsplit(urljoin(f"{plan.root}{urlsplit(plan.template).path}", link))
        if f"{parts.scheme}://{parts.netloc}".lower() != plan.root.lower():
            raise ConfigError(
                _("The link to the next page leads to another server."),
                field="cursor_path",
                detail=self._caller.masked(f"{parts.scheme}://{parts.netloc}"),
            )
        extra = self._in_query()
        query = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name not in extra
        ]
        query += extra.items()
        path = parts.path or "/"
        return self._asked(f"{path}?{urlencode(query)}" if query else path, None)

    def _asked(self, path: str, data: object) -> Got:
        answer = self._caller.ask(
            self._plan.method,
            path,
            limits=self._limits,
            json=data,
            headers={"Accept": "application/json", **dict(self._plan.headers), **self._in_header()},
        )
        refused = self._refused(answer)
        if refused is not None:
            raise refused
        notices: list[StrOrPromise] = []
        told = json_of(self.vendor, answer, notices)
        self._judge(answer, told)
        reader = Reader(self.vendor, answer.body)
        return Got(
            rows=self._rows(told),
            total=self._total(reader, told),
            following=first(told, self._plan.cursor) if self._plan.cursor else MISSING,
            reader=reader,
            request=self._caller.masked(f"{self._plan.method} {self._plan.root}{path}"),
            notices=tuple(notices),
        )

    def _refused(self, answer: http.Answer) -> SourceError | None:
        """What the status stands for; a bad request is a wrong description of it."""
        start = self._caller.masked(answer.body[:200].decode(errors="replace"))
        if answer.status in (400, 422):
            return ConfigError(
                filled(_("%(vendor)s refused the request."), vendor=self.vendor),
                field="base_url",
                detail=f"HTTP {answer.status}: {start}",
                advice=_("Compare the address and the body with the service's documentation."),
            )
        return fault_of_status(self.vendor, answer, start)

    def _judge(self, answer: http.Answer, told: object) -> None:
        """Raise what an error inside the answer stands for, by the words of the settings."""
        if not self._plan.error:
            return
        error = first(told, self._plan.error)
        if any(error is none or error == none for none in _NO_ERROR):
            return
        detail = self._caller.masked(str(error))
        words = detail.casefold()
        if any(word in words for word in self._plan.wait_words):
            raise wait_of(answer, detail=detail)
        if any(word in words for word in self._plan.auth_words):
            raise AuthError(
                filled(_("%(vendor)s does not let us in."), vendor=self.vendor),
                detail=detail,
                advice=_("Check the secret and its rights, and enter it again."),
            )
        raise RetryError(
            filled(_("%(vendor)s answered with an error."), vendor=self.vendor),
            detail=detail,
            advice=LATER,
        )

    def _rows(self, told: object) -> list[object]:
        found = rows(told, self._plan.rows)
        if found is None:
            raise ConfigError(
                _("There are no rows where the settings say."),
                field="rows_path",
                detail=f"{_named(self._plan.rows)} ({_shape(told)})",
                advice=_("Compare the path with the answer of the service."),
            )
        return found

    def _total(self, reader: Reader, told: object) -> int | None:
        if not self._plan.total:
            return None
        value = first(told, self._plan.total)
        if value is MISSING or value is None:
            reader.bug(
                _("An agreed field is missing: it was renamed or removed."),
                _named(self._plan.total),
            )
        return int(reader.whole(reader.figure(value, "total"), "total"))

    def _in_query(self) -> dict[str, str]:
        return {self._plan.auth_name: self._given()} if self._plan.auth == "query" else {}

    def _in_header(self) -> dict[str, str]:
        match self._plan.auth:
            case "bearer":
                return {"Authorization": f"Bearer {self._given()}"}
            case "header":
                return {self._plan.auth_name: self._given()}
            case "basic":
                pair = f"{self._plan.auth_name}:{self._given()}".encode()
                return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}

    def _given(self) -> str:
        if not self._secret:
            raise AuthError(_("No secret has been entered."))
        if not (self._secret.isascii() and self._secret.isprintable()) and (
            self._plan.auth in ("bearer", "header")
        ):
            raise AuthError(
                _("The secret has signs that no header can have."),
                advice=_("Copy it again without line breaks."),
            )
        return self._secret


def _named(path: Path) -> str:
    return ".".join(map(str, path)) or "."


def _shape(told: object) -> str:
    """What the answer has at its top, for whoever looks for the rows."""
    if isinstance(told, dict):
        return ", ".join(list(told)[:12])
    return type(told).__name__
