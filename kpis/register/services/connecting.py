"""A connector ready for work: settings, secrets, the shared gate, tokens and a tape."""

from __future__ import annotations

from config.lib.crypto import unseal
from kpis.register.connectors.base import Account, Connector
from kpis.register.models import Slice, Source
from kpis.register.registry import connector_class
from kpis.register.services.gates import SharedGate
from kpis.register.services.mail_events import StoredInbox
from kpis.register.services.tapes import PlayedTokens, Player, Recorder
from kpis.register.services.tokens import StoredTokens


def connect(source: Source, *, person: bool = False, tape: Recorder | None = None) -> Connector:
    """A connector ready to check or read ``source``; ``person`` is waiting for it. Close it
    afterwards. Raises `AppError` when the stored secret cannot be read."""
    recorder = tape or Recorder()
    account = Account(
        settings=source.settings,
        secrets=unseal(source.sealed_secrets),
        gate=SharedGate(source.pk, person=person),
        tokens=StoredTokens(source.pk, recorder.privately),
        uid=str(source.uid),
        tape=recorder,
        inbox=StoredInbox(source),
    )
    return connector_class(source.kind)(account)


def connect_replay(source: Source, piece: Slice) -> Connector:
    """A connector that is answered with what ``piece`` was answered; the vendor is not asked."""
    account = Account(
        settings=source.settings,
        secrets=unseal(source.sealed_secrets),
        tokens=PlayedTokens(),
        uid=str(source.uid),
        tape=Player(piece),
        inbox=StoredInbox(source),
    )
    return connector_class(source.kind)(account)
