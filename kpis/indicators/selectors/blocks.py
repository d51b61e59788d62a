"""Where a KPI stands in the director's report: finance, clients, processes or people."""

from __future__ import annotations

from kpis.indicators.models import Kpi
from kpis.indicators.sheet import Block

_BY_SECTION = {
    Kpi.Section.CHANNELS: Block.PROCESSES,
    Kpi.Section.PROGRAMMES: Block.CLIENTS,
    Kpi.Section.MAILINGS: Block.PROCESSES,
    Kpi.Section.STAFF: Block.PEOPLE,
    Kpi.Section.CAMPAIGN: Block.FINANCE,
    Kpi.Section.FUNDS: Block.FINANCE,
}
# KPIs of the department as a whole, by their number in the library.
_CLIENTS = ("D06", "D09", "D11", "D12", "D14", "D15", "D25")
_PROCESSES = ("D20", "D21", "D22", "D23", "D24")
_MONEY = (Kpi.Unit.MONEY, Kpi.Unit.MONEY_EACH, Kpi.Unit.TIMES)


def block_of(kpi: Kpi) -> Block:
    """By section; a KPI of the whole department by its number, else by its unit."""
    if block := _BY_SECTION.get(Kpi.Section(kpi.section)):
        return block
    if kpi.number in _PROCESSES:
        return Block.PROCESSES
    if kpi.number in _CLIENTS:
        return Block.CLIENTS
    return Block.FINANCE if kpi.number or kpi.unit in _MONEY else Block.CLIENTS
