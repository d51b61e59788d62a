"""Which network addresses the product may call on behalf of a person who typed a URL.

A source's address is user input, so it could point at the machine's own services. The guard
resolves the name itself and hands back the very addresses it checked; the caller connects to those
and never asks the name server again, so a name that changes its mind (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from django.conf import settings

from config.lib.http_errors import AddressRefused, HostNotFound

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """``loopback`` allows this machine; ``private_hosts`` names hosts allowed in the intranet.

    A named host may be private or loopback. Link-local (cloud metadata), multicast, reserved and
    unspecified addresses stay refused for everyone.
    """

    loopback: bool = False
    private_hosts: frozenset[str] = frozenset()

    @classmethod
    def from_settings(cls) -> AddressPolicy:
        """From ``HTTP_ALLOW_LOOPBACK`` (bool) and ``HTTP_ALLOW_PRIVATE_HOSTS`` (list of names)."""
        hosts = getattr(settings, "HTTP_ALLOW_PRIVATE_HOSTS", ())
        return cls(
            loopback=bool(getattr(settings, "HTTP_ALLOW_LOOPBACK", False)),
            private_hosts=frozenset(_plain(host) for host in hosts),
        )

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of ``host`` in the resolver's order, all of them checked.

        One forbidden address refuses the host: a mixed answer is how rebinding is prepared.
        """
        named = _plain(host) in self.private_hosts
        found = _resolve(host, port)
        for text in found:
            reason = _refusal(text, loopback=self.loopback or named, private=named)
            if reason:
                raise AddressRefused(f"{host} is {text}, a {reason} address")
        return found


def _plain(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def _resolve(host: str, port: int) -> list[str]:
    """Literal addresses too: the resolver turns ``2130706433``, ``0177.1`` into what they mean."""
    try:
        answers = socket.getaddrinfo(_plain(host), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise HostNotFound(f"{host} is not known to the name server") from error
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _refusal(text: str, *, loopback: bool, private: bool) -> str:
    """Why the address may not be called, "" when it may."""
    address = _inner(ipaddress.ip_address(text))
    if address.is_unspecified:
        return "unspecified"
    if address.is_loopback:
        return "" if loopback else "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address.is_reserved:
        return "reserved"
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    if site_local or not address.is_global:
        return "" if private else "private"
    return ""


def _inner(address: Address) -> Address:
    """The IPv4 address an IPv6 one carries (mapped, 6to4, Teredo, NAT64), else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
