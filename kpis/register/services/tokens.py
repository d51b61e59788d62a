"""Access tokens in the database: one worker refreshes, the others use what it got."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import connection, transaction
from django.utils import timezone

from config.lib.crypto import seal, unseal
from kpis.register.connectors.tokens import MARGIN, Mint
from kpis.register.models import Source, SourceToken

VALUE = "value"


class StoredTokens:
    """The access tokens of one source. ``privately`` wraps the vendor's answer to a refresh, which
    holds a secret nobody has masked yet."""

    def __init__(
        self, source_id: int, privately: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self._source_id = source_id
        self._privately = privately

    def get(self, name: str, mint: Mint) -> str:
        """See `connectors.tokens.Tokens`."""
        row = SourceToken.objects.filter(source_id=self._source_id, name=name).first()
        return (_usable(row) if row else None) or self._refresh(name, mint, stale=None)

    def renew(self, name: str, stale: str, mint: Mint) -> str:
        """See `connectors.tokens.Tokens`."""
        return self._refresh(name, mint, stale=stale)

    def _refresh(self, name: str, mint: Mint, stale: str | None) -> str:
        """Asks the vendor under a lock of the token's row: a refresh token may be good only once.
        What came is stored, the replaced secrets too, before anybody uses it; unless a person has
        given other secrets meanwhile, then it belongs to none of them."""
        with transaction.atomic():
            row = self._locked(name)
            held = _usable(row)
            if held is not None and held != stale:
                return held  # another worker was quicker
            sealed = Source.objects.values_list("sealed_secrets", flat=True).get(pk=self._source_id)
            with self._privately():
                fresh = mint(unseal(sealed))
            source = Source.objects.select_for_update().get(pk=self._source_id)
            if unseal(source.sealed_secrets) != unseal(sealed):
                return fresh.value
            row.sealed = seal({VALUE: fresh.value})
            row.expires_at, row.obtained_at = fresh.expires_at, timezone.now()
            row.save()
            if fresh.secrets:
                source.sealed_secrets = seal(unseal(source.sealed_secrets) | dict(fresh.secrets))
                source.save(update_fields=["sealed_secrets"])
        return fresh.value

    def _locked(self, name: str) -> SourceToken:
        """The token's row, made and locked by one statement: it may be deleted at any moment."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO register_sourcetoken (source_id, name, sealed) VALUES (%s, %s, '') "
                "ON CONFLICT (source_id, name) DO UPDATE SET name = excluded.name RETURNING id",
                [self._source_id, name],
            )
            return SourceToken.objects.get(pk=cursor.fetchone()[0])


def _usable(row: SourceToken) -> str | None:
    if row.expires_at is not None and row.expires_at - MARGIN <= timezone.now():
        return None
    return unseal(row.sealed).get(VALUE)
