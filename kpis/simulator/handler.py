"""One request of the simulator: Matomo under ``/index.php``, every other vendor below a mount of
its own, the switches below ``/_simulator/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlsplit

from kpis.simulator.faults import Fault
from kpis.simulator.page import render
from kpis.simulator.play import Reply, Request

if TYPE_CHECKING:
    from kpis.simulator.server import Mount, Simulator

_HTML = "text/html; charset=utf-8"
_JSON = "application/json; charset=utf-8"
_LARGEST_FORM = 1_000_000
_LARGEST_BODY = 20_000_000
_HINT_SECONDS = 120
_LOGIN_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


class Handler(BaseHTTPRequestHandler):
    """``owner`` is the simulator this server belongs to."""

    owner: ClassVar[Simulator]
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """A vendor's answer, or the page of switches."""
        if self._played():
            return
        if urlsplit(self.path).path == "/_simulator/":
            owner = self.owner
            page = render(url=owner.url, token=owner.token, boards=owner.boards())
            self._send(200, page, _HTML)
        else:
            self._send(404, b"Post to /index.php, or open /_simulator/", "text/plain")

    def do_POST(self) -> None:
        """A vendor's answer, or a switch."""
        if self._played():
            return
        form = self._form()
        if form is None:
            return
        parts = urlsplit(self.path)
        if parts.path == "/_simulator/faults":
            self._switch(form)
        elif parts.path in ("/", "/index.php"):
            self._matomo(dict(parse_qsl(parts.query)), form)
        else:
            self._send(404, b"Not Found", "text/plain")

    def do_PATCH(self) -> None:
        """A vendor's answer."""
        if not self._played():
            self._send(404, b"Not Found", "text/plain")

    do_PUT = do_DELETE = do_PATCH  # noqa: N815  names of the base class

    def _played(self) -> bool:
        """Answer for the vendor mounted here; False when none is."""
        parts = urlsplit(self.path)
        _empty, kind, *rest = parts.path.split("/", 2) if parts.path.count("/") else ("", "")
        mount = self.owner.mounts.get(kind)
        if mount is None:
            return False
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(413, b"Too large", "text/plain")
            return True
        request = Request(
            method=self.command,
            path="/" + (rest[0] if rest else ""),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
            query_string=parts.query,
        )
        faults = mount.faults.take()
        self.about = " ".join([kind, request.path, *sorted(faults)])
        self._answer(self._reply(mount, request, faults), faults)
        return True

    def _reply(self, mount: Mount, request: Request, faults: frozenset[str]) -> Reply:
        play = mount.play
        if "html_page" in faults:
            return Reply(200, _LOGIN_PAGE, _HTML)
        if "empty_204" in faults:
            return Reply(204)
        with self.owner.lock:
            if "rate_limit_hint" in faults:
                return play.limited(request, _HINT_SECONDS)
            if "rate_limit" in faults:
                return play.limited(request, None)
            if "unavailable" in faults:
                return play.unavailable(request)
            if "error_body" in faults:
                return play.error_body(request)
            if "token_expired" in faults:
                return play.token_expired(request)
            return play.answer(request, faults)

    def _answer(self, reply: Reply, faults: frozenset[str]) -> None:
        body, content_type = reply.body, reply.content_type
        if "cp1251" in faults:
            body = body.decode(errors="replace").encode("cp1251", "replace")
            content_type = content_type.partition(";")[0]
        if "truncated_json" in faults:
            body = body[: len(body) // 2]
        slow = "slow_body" in faults
        self._send(reply.status, body, content_type, slow=slow, headers=reply.headers)

    def log_message(self, format: str, *args: object) -> None:
        """One readable line; bodies, and with them tokens, are never written."""
        self.owner.on_request(f"{self.command} {urlsplit(self.path).path} -> {format % args}")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The line of an answered request."""
        self.log_message("%s %s", getattr(self, "about", ""), code)

    def _form(self) -> dict[str, str] | None:
        """The posted fields (a form or a JSON object of strings); None when refused."""
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_FORM:
            self.close_connection = True
            self._send(413, b"Too large", "text/plain")
            return None
        body = self.rfile.read(int(length)).decode(errors="replace")
        if "json" not in self.headers.get("content-type", ""):
            return dict(parse_qsl(body, keep_blank_values=True))
        try:
            data = json.loads(body)
        except json.JSONDecodeError:
            data = None
        if not isinstance(data, dict):
            self._send(400, b"A JSON object is expected", "text/plain")
            return None
        return {str(key): str(value) for key, value in data.items()}

    def _switch(self, form: dict[str, str]) -> None:
        name, state, times = form.get("fault", ""), form.get("state", "on"), form.get("times", "")
        board = self.owner.boards().get(form.get("kind", ""))
        if board is None:
            self._send(400, b"no such kind of source", "text/plain")
            return
        faults = board
        try:
            if state == "clear":
                faults.clear()
            elif state == "off":
                faults.turn_off(name)
            else:
                faults.turn_on(name, times=int(times) if times else None)
        except ValueError as error:
            self._send(400, str(error).encode(), "text/plain")
            return
        if "json" in self.headers.get("content-type", ""):
            now = faults.state()
            self._send(200, json.dumps({"faults": now}).encode(), _JSON)
        else:
            self._send(303, b"", "text/plain", location="/_simulator/")

    def _matomo(self, query: dict[str, str], form: dict[str, str]) -> None:
        faults = self.owner.faults.take()
        self.about = " ".join([form.get("method", "?"), *sorted(faults)])
        if Fault.RATE_LIMIT_HINT in faults:
            self._send(429, b"Too Many Requests", "text/plain", retry_after="120")
        elif Fault.RATE_LIMIT in faults:
            self._send(429, b"Too Many Requests", "text/plain")
        elif Fault.UNAVAILABLE in faults:
            self._send(503, b"<h1>503 Service Unavailable</h1>", _HTML)
        elif Fault.HTML_PAGE in faults:
            self._send(200, _LOGIN_PAGE, _HTML)
        elif Fault.EMPTY_204 in faults:
            self._send(204, b"", _JSON)
        else:
            with self.owner.lock:
                status, body = self.owner.matomo.answer(query, form, faults)
            if Fault.CP1251 in faults:
                text = body.decode()
                self._send(status, text.encode("cp1251", "replace"), "application/json")
            elif Fault.TRUNCATED_JSON in faults:
                self._send(status, body[: len(body) // 2], _JSON)
            else:
                self._send(status, body, _JSON, slow=Fault.SLOW_BODY in faults)

    def _send(
        self,
        status: int,
        body: bytes,
        content_type: str,
        *,
        slow: bool = False,
        location: str = "",
        retry_after: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            if slow:
                self._drip(body)
            elif status != 204:
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the reader lost patience, which is what it is tested for

    def _drip(self, body: bytes) -> None:
        for position in range(len(body)):
            if self.owner.stopping.wait(self.owner.drip):
                self.close_connection = True
                return
            self.wfile.write(body[position : position + 1])
            self.wfile.flush()
