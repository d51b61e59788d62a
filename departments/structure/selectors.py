"""Read models of the structure: the model audit of a department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from departments.structure.audit_registry import Finding, State, probes
from departments.structure.blueprint import BLUEPRINT, Kind, Row
from departments.structure.models import Department, Direction

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# (words, badge colour, icon): a state is never told by colour alone.
STATE_WORDS: Mapping[State, tuple[StrOrPromise, str]] = {
    State.PRESENT: (_("present"), "good"),
    State.EMPTY: (_("empty"), "warn"),
    State.MISSING: (_("missing"), "bad"),
    State.OVERDUE: (_("overdue"), "bad"),
    State.NOT_BUILT: (_("not built yet"), ""),
}
PARTS: Mapping[str, StrOrPromise] = {
    **dict(Direction.Code.choices),
    "H": _("Head of department"),
    "E": _("Effectiveness"),
}
SECTIONS: Mapping[Kind, StrOrPromise] = {
    Kind.TASK: _("Tasks"),
    Kind.UNIT: _("Units"),
    Kind.TOOL: _("Tools"),
    # Translators: a section of the ideal model: analytics and accounting systems
    Kind.ACCOUNTING: _("Accounting systems"),
    Kind.STAFF: _("Minimal staff"),
    Kind.OPERATION: _("Operational tasks"),
    Kind.GOAL: _("Goals"),
    Kind.REQUIREMENT: _("Requirements for the head"),
    Kind.WORKFORCE: _("Work with the staff"),
    Kind.LADDER: _("Career ladder"),
    Kind.FUND: _("Funds"),
    Kind.SUBORDINATION: _("Subordination"),
    Kind.EFFECTIVENESS: _("Effectiveness"),
}
UNKNOWN = Finding(State.NOT_BUILT)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the ideal model, in the reader's language, and how it stands."""

    code: str
    title: str
    works: str
    finding: Finding

    @property
    def words(self) -> StrOrPromise:
        return STATE_WORDS[self.finding.state][0]

    @property
    def badge(self) -> str:
        """Kind of the badge: good, warn, bad or ""."""
        return STATE_WORDS[self.finding.state][1]


@dataclass(frozen=True, slots=True)
class AuditSection:
    """``present`` of ``total`` rows of the section are there, whatever the filters show."""

    code: str
    part: StrOrPromise
    title: StrOrPromise
    present: int
    total: int
    rows: tuple[AuditRow, ...]


@dataclass(frozen=True, slots=True)
class ModelAudit:
    """``counts`` is over all rows; ``sections`` hold those the filters leave."""

    sections: tuple[AuditSection, ...]
    counts: Mapping[State, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def present(self) -> int:
        return self.counts.get(State.PRESENT, 0)


def model_audit(department: Department, *, state: str = "", part: str = "") -> ModelAudit:
    """Every coded row of the ideal model against the department, as the apps' probes find it.

    Where two apps know a row, the higher floor's word holds. ``state`` and ``part`` ("A" … "E")
    narrow the shown rows. Costs what the probes cost, a fixed number of queries.
    """
    findings: dict[str, Finding] = {}
    for probe in probes():
        findings.update(probe(department))
    rows = [_row(row, findings.get(row.code, UNKNOWN)) for row in BLUEPRINT.values()]
    sections = tuple(
        _section(code, list(group), state)
        for code, group in groupby(rows, key=lambda row: BLUEPRINT[row.code].section)
        if not part or code.startswith(part)
    )
    return ModelAudit(
        tuple(section for section in sections if section.rows),
        Counter(row.finding.state for row in rows),
    )


def _row(row: Row, finding: Finding) -> AuditRow:
    language = get_language() or "ru"
    return AuditRow(row.code, row.title(language), row.works(language), finding)


def _section(code: str, rows: list[AuditRow], state: str) -> AuditSection:
    return AuditSection(
        code=code,
        part=PARTS[code[0]],
        title=SECTIONS[BLUEPRINT[rows[0].code].kind],
        present=sum(row.finding.state is State.PRESENT for row in rows),
        total=len(rows),
        rows=tuple(row for row in rows if not state or row.finding.state == state),
    )
