"""Access tokens that a connector obtains itself and that run out.

A refresh token may be good for one use only, so two workers must never refresh at once and the new
pair must be stored before it is used: the store does both under a row lock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.utils import timezone

# A token about to run out is not worth sending.
MARGIN = dt.timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Minted:
    """A fresh access token. ``expires_at`` (aware) None: it tells by a 401. ``secrets`` are stored
    secrets the vendor replaced at the same time (a rotated refresh token)."""

    value: str = field(repr=False)
    expires_at: dt.datetime | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


# Asks the vendor, with the secrets as they are now stored. Raises a `SourceError`.
Mint = Callable[[Mapping[str, str]], Minted]


class Tokens(Protocol):
    """The access tokens of one source, shared by all workers."""

    def get(self, name: str, mint: Mint) -> str:
        """The token ``name``, obtained by ``mint`` when there is none or it is about to run out."""

    def renew(self, name: str, stale: str, mint: Mint) -> str:
        """After a 401 to ``stale``: another worker's newer token, or a fresh one."""


class MemoryTokens:
    """Tokens of one connector's life: before there is a source, and in tests of a connector."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.secrets = dict(secrets)
        self._held: dict[str, Minted] = {}

    def get(self, name: str, mint: Mint) -> str:
        """See `Tokens`."""
        held = self._held.get(name)
        if held is None or (held.expires_at and held.expires_at - MARGIN <= timezone.now()):
            held = self._mint(name, mint)
        return held.value

    def renew(self, name: str, stale: str, mint: Mint) -> str:
        """See `Tokens`."""
        held = self._held.get(name)
        if held is None or held.value == stale:
            held = self._mint(name, mint)
        return held.value

    def _mint(self, name: str, mint: Mint) -> Minted:
        fresh = mint(self.secrets)
        self.secrets |= fresh.secrets
        self._held[name] = fresh
        return fresh
