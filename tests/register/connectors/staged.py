"""A connector and the contract server it reads, for the tests of one connector."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kpis.register.connectors.base import Account, CheckItem, Connector, Page, Window
from kpis.register.connectors.tokens import MemoryTokens
from kpis.simulator import Play, Simulator

Facts = dict[tuple[str, str, dt.date], Decimal]


@dataclass
class Staged:
    """``settings`` and ``secrets`` changed in place count from the next `connect`."""

    simulator: Simulator
    play: Play
    connector: type[Connector]
    settings: dict[str, object]
    secrets: dict[str, str]

    def fault(self, name: str, times: int | None = None) -> None:
        """Switch a fault of the contract server on, for so many requests or for good."""
        self.simulator.mounts[self.play.kind].faults.turn_on(name, times=times)

    def calm(self) -> None:
        """Every fault off."""
        self.simulator.mounts[self.play.kind].faults.clear()

    def connect(self) -> Connector:
        """A fresh connector, as a run would have it."""
        return self.connector(
            Account(
                settings=self.settings,
                secrets=self.secrets,
                tokens=MemoryTokens(self.secrets),
                uid="00000000-0000-0000-0000-000000000001",
            )
        )

    def read(self, stream: str, first: dt.date, last: dt.date) -> list[Page]:
        """Every page of one slice, by a connector of its own."""
        connector = self.connect()
        try:
            return list(connector.read(stream, Window(first, last)))
        finally:
            connector.close()

    def check(self) -> list[CheckItem]:
        """Every item of a check, by a connector of its own."""
        connector = self.connect()
        try:
            return list(connector.check())
        finally:
            connector.close()

    def facts(self, stream: str, first: dt.date, last: dt.date) -> Facts:
        """The facts of a slice in the shape of `Play.truth`."""
        found: Facts = {}
        for page in self.read(stream, first, last):
            for fact in page.facts:
                key = (fact.metric, f"{fact.subject.kind}:{fact.subject.key}", fact.day)
                assert key not in found, f"given twice: {key}"
                found[key] = Decimal(fact.value)
        return found


def only(truth: Mapping[tuple[str, str, dt.date], Decimal], *metrics: str) -> Facts:
    """The part of a truth that concerns these metrics."""
    return {key: value for key, value in truth.items() if key[0] in metrics}


Stage = Callable[[type[Connector], type[Play]], Staged]
