"""Keeping what was asked and answered, so that a slice can be read again without the vendor."""

from __future__ import annotations

import hashlib
import json
from typing import Protocol

from config.lib.http import Answer


class Tape(Protocol):
    """What `Caller` shows every exchange to."""

    def played(self, question: str) -> Answer | None:
        """The kept answer to a question, when a slice is replayed; None: ask the vendor. Raises
        `BugError` when a replay asks what was not kept."""

    def heard(self, question: str, request: str, answer: Answer) -> None:
        """An exchange took place; ``request`` and the answer are masked."""


class NoTape:
    """Keeps nothing, plays nothing."""

    def played(self, question: str) -> Answer | None:
        """Ask the vendor."""
        return None

    def heard(self, question: str, request: str, answer: Answer) -> None:
        """Forgets it."""


def question_of(masked_request: str) -> str:
    """The name of a request: a hash of all of it, secrets masked, so that it stays the same when a
    token is renewed."""
    return hashlib.sha256(masked_request.encode()).hexdigest()


def request_text(
    method: str, path: str, params: object, form: object, body: object, content: bytes | None
) -> str:
    """Everything that makes a request what it is, as one line."""
    told = json.dumps([params, form, body], ensure_ascii=False, sort_keys=True, default=str)
    packed = hashlib.sha256(content).hexdigest() if content else ""
    return f"{method} {path} {told} {packed}"
