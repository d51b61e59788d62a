"""Who acts and through what, for the audit trail and the logs; set per request, job or command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal
from uuid import uuid4

Origin = Literal["web", "worker", "command", "system"]


@dataclass(frozen=True, slots=True)
class ActionContext:
    """``request_id`` groups everything one request or job did; ``where`` is the path, task or
    command.
    """

    origin: Origin = "system"
    request_id: str = ""
    where: str = ""
    ip: str | None = None
    user_id: int | None = None


_NOBODY = ActionContext()
_current: ContextVar[ActionContext] = ContextVar("action_context", default=_NOBODY)


def current() -> ActionContext:
    """The context of the running request, job or command."""
    return _current.get()


def amend(**changes: object) -> None:
    """Fill in what became known later in the same request (the user, say)."""
    _current.set(replace(_current.get(), **changes))  # type: ignore[arg-type]  # names are ours


@contextmanager
def acting(
    origin: Origin, where: str, *, request_id: str = "", ip: str | None = None
) -> Iterator[str]:
    """Everything inside is recorded as done by ``origin`` at ``where``; yields the request id."""
    identifier = request_id or uuid4().hex
    token = _current.set(ActionContext(origin, identifier, where, ip))
    try:
        yield identifier
    finally:
        _current.reset(token)
