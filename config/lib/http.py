"""The one way the product speaks HTTP to the outside. Importing httpx elsewhere is a lint error.

What it holds to: http and https only, no credentials in addresses, certificates verified, no call
to private networks (`config.lib.http_guard`), no redirects, one deadline for the whole exchange, a
limit on the body, a name in ``User-Agent``, secrets masked by value. It never repeats a request:
whether and when to try again is decided by whoever asked, who alone knows what a repeat costs.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore
import httpx
from django.conf import settings

from config.lib.http_answer import Answer
from config.lib.http_errors import (
    AddressRefused,
    BodyTooLarge,
    ConnectFailed,
    HostNotFound,
    HttpError,
    HttpTimeout,
    ProtocolFailed,
    RedirectRefused,
    TlsFailed,
    UrlRefused,
)
from config.lib.http_guard import AddressPolicy
from config.lib.http_mask import mask, mask_bytes
from config.lib.http_transport import Deadline, GuardedTransport

__all__ = [
    "AddressRefused",
    "Answer",
    "BodyTooLarge",
    "Client",
    "ConnectFailed",
    "HostNotFound",
    "HttpError",
    "HttpTimeout",
    "Limits",
    "ProtocolFailed",
    "RedirectRefused",
    "TlsFailed",
    "UrlRefused",
    "check_url",
    "mask",
    "mask_bytes",
]

logger = logging.getLogger(__name__)
# These two would write addresses and headers as they are; our own line below is masked.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

# After punycode; the parser would otherwise percent-encode a blank in a name and carry on.
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
USER_AGENT = "Modus/1.0 (results register)"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for connecting, for one read and for the whole exchange; bytes for the body."""

    connect: float = 10
    read: float = 30
    total: float = 90
    max_bytes: int = 16 * 1024 * 1024

    @classmethod
    def from_settings(cls) -> Limits:
        """Defaults, overridden by the mapping ``HTTP_LIMITS`` where the settings have one."""
        return cls(**getattr(settings, "HTTP_LIMITS", {}))


def check_url(url: str) -> httpx.URL:
    """The parsed address, or `UrlRefused`. Looks at the text only; no name is resolved here."""
    try:
        parsed = httpx.URL(url)
        port = parsed.port
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise UrlRefused("this is not an address") from error
    if parsed.scheme not in ("http", "https"):
        raise UrlRefused("only http and https are called")
    if not _HOST.fullmatch(parsed.raw_host):
        raise UrlRefused("the address has no host that could exist")
    if parsed.userinfo:
        raise UrlRefused("credentials do not belong in an address")
    if port is not None and not 0 < port < 65536:
        raise UrlRefused("there is no such port")
    return parsed


class Client:
    """Speaks to one host. Not for sharing between threads: the deadline belongs to one exchange.

    ``secrets`` are the values to mask in log lines and error texts.
    """

    def __init__(
        self,
        base_url: str,
        *,
        secrets: Iterable[str] = (),
        policy: AddressPolicy | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._base = check_url(base_url)
        self._secrets = tuple(secrets)
        self._limits = limits or Limits.from_settings()
        self._deadline = Deadline()
        self._http = httpx.Client(
            transport=GuardedTransport(policy or AddressPolicy.from_settings(), self._deadline),
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            follow_redirects=False,
            trust_env=False,  # a proxy named by the environment would walk round the guard
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def request(
        self,
        method: str,
        path: str = "",
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One exchange with ``path`` under the base address; the body is ``form``, ``json`` or
        ``content``.

        Any status but a redirect is an answer; what is no answer raises an `HttpError`.
        """
        url = self._url(path)
        shown = mask(f"{method} {url}", self._secrets)
        started = time.monotonic()
        self._deadline.start(self._limits.total)
        try:
            with self._http.stream(
                method, url, params=params, data=form, json=json, content=content, headers=headers
            ) as response:
                if response.is_redirect:
                    raise RedirectRefused(self._location(response))
                body = self._body(response)
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            logger.warning("%s: timeout", shown)
            raise HttpTimeout(self._masked(error) or "timeout") from None
        except (httpcore.NetworkError, httpx.NetworkError) as error:
            logger.warning("%s: connection failed", shown)
            kind = TlsFailed if _is_tls(error) else ConnectFailed
            raise kind(self._masked(error)) from None
        except (httpcore.ProtocolError, httpx.TransportError) as error:
            logger.warning("%s: broken answer", shown)
            raise ProtocolFailed(self._masked(error)) from None
        seconds = time.monotonic() - started
        logger.info("%s: %d, %d bytes, %.2f s", shown, response.status_code, len(body), seconds)
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, names, body, seconds)

    def _url(self, path: str) -> httpx.URL:
        """Always below the base address: a path cannot lead to another host."""
        if not path:
            return self._base
        url = check_url(f"{str(self._base).rstrip('/')}/{path.lstrip('/')}")
        base = self._base
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
            raise UrlRefused("the path leads to another host")
        return url

    def _location(self, response: httpx.Response) -> str:
        location = response.headers.get("location", "").partition("?")[0]
        return mask(location, self._secrets)[:300]

    def _masked(self, error: Exception) -> str:
        return mask(str(error), self._secrets)[:300]

    def _body(self, response: httpx.Response) -> bytes:
        """The body, unpacked within the limit: a small packed answer may be a very large one."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("", "identity", "gzip"):
            raise ProtocolFailed(f"unknown packing {packing[:40]}")
        limit = self._limits.max_bytes
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if packing == "gzip" else None
        body = bytearray()
        for chunk in response.iter_raw():
            try:
                body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
            except zlib.error as error:
                raise ProtocolFailed("the packed answer is broken") from error
            if len(body) > limit:
                raise BodyTooLarge(f"the answer is larger than {limit} bytes")
        if unpack and body and not unpack.eof:
            raise ProtocolFailed("the packed answer is cut off")
        return bytes(body)


def _is_tls(error: BaseException) -> bool:
    """Whether a TLS fault is what broke the connection; httpcore hides it behind its own class."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
