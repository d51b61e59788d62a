"""What a slice asked and was answered: recorded for the day its mapping has to be made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from config.lib.http import Answer
from kpis.register.connectors.errors import BugError
from kpis.register.connectors.tokens import Mint
from kpis.register.models import RawAnswer, Slice


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question by its name, the masked request and the masked answer."""

    question: str
    request: str
    answer: Answer


class Recorder:
    """Collects the exchanges of a connector; the engine stores them with the pages."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._private = False

    def played(self, question: str) -> Answer | None:
        """Ask the vendor."""
        return None

    def heard(self, question: str, request: str, answer: Answer) -> None:
        """See `connectors.tape.Tape`."""
        if not self._private:
            self.exchanges.append(Exchange(question, request, answer))

    @contextmanager
    def privately(self) -> Iterator[None]:
        """Nothing is kept inside: the answer may hold a fresh secret."""
        self._private = True
        try:
            yield
        finally:
            self._private = False

    def take(self, raw: bytes) -> Exchange | None:
        """The exchange whose body this is, taken off the list."""
        for index, exchange in enumerate(self.exchanges):
            if exchange.answer.body == raw:
                return self.exchanges.pop(index)
        return None

    def rest(self) -> list[Exchange]:
        """What no page was made of; the list is empty afterwards."""
        left, self.exchanges = self.exchanges, []
        return left


class Player:
    """Answers with what a slice was answered when it was read."""

    def __init__(self, piece: Slice) -> None:
        self._turn: dict[str, int] = {}
        self._kept: dict[str, list[RawAnswer]] = {}
        last = RawAnswer.objects.filter(slice=piece).order_by("-attempt").first()
        if last is not None:
            answers = RawAnswer.objects.filter(slice=piece, attempt=last.attempt)
            for answer in answers.exclude(question="").order_by("number"):
                self._kept.setdefault(answer.question, []).append(answer)

    def played(self, question: str) -> Answer | None:
        """See `connectors.tape.Tape`; a question asked again gets the next answer it got then."""
        kept = self._kept.get(question)
        if not kept:
            raise BugError(_("The kept answers do not have what is asked now; read the days anew."))
        turn = self._turn.get(question, 0)
        self._turn[question] = turn + 1
        found = kept[min(turn, len(kept) - 1)]
        headers = {str(name): str(value) for name, value in found.headers.items()}
        return Answer(found.status, headers, found.body, 0.0)

    def heard(self, question: str, request: str, answer: Answer) -> None:
        """Nobody is asked in a replay."""


class PlayedTokens:
    """In a replay nobody is asked, so any token does; masked requests are the same."""

    def get(self, name: str, mint: Mint) -> str:
        """See `connectors.tokens.Tokens`."""
        return "***"

    def renew(self, name: str, stale: str, mint: Mint) -> str:
        """See `connectors.tokens.Tokens`."""
        return "***"
