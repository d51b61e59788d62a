"""What can go wrong between a request and an answer. An answer of any status is not an error."""

from __future__ import annotations


class HttpError(Exception):
    """The exchange did not take place. The text is technical English without secrets."""


class UrlRefused(HttpError):
    """The address is not one the product calls: scheme, credentials, no host."""


class ConnectFailed(HttpError):
    """Nobody listens there, the network is down, or the connection broke."""


class TlsFailed(HttpError):
    """The certificate could not be verified or the handshake failed."""


class HttpTimeout(HttpError):
    """A step or the whole exchange took longer than allowed."""


class BodyTooLarge(HttpError):
    """The answer, unpacked, is larger than allowed."""


class ProtocolFailed(HttpError):
    """What came back is not a whole HTTP answer."""


class RedirectRefused(HttpError):
    """The server sends elsewhere; ``location`` is the address without query."""

    def __init__(self, location: str) -> None:
        super().__init__(f"redirected to {location or 'nowhere'}")
        self.location = location


class AddressRefused(HttpError):
    """The host leads to an address that must not be called; the text names both and the reason."""


class HostNotFound(HttpError):
    """The name server does not know the host."""
