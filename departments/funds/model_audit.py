"""What the model audit knows about funds: H.F1-H.F6."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.money import money
from config.lib.text import filled
from departments.funds.models import Fund
from departments.funds.selectors import FundRow, fund_summary
from departments.structure.audit_registry import Finding, State, register_probe
from departments.structure.blueprint import FUNDS
from departments.work.clock import today_of

if TYPE_CHECKING:
    from departments.structure.models import Department


@register_probe
def funds(department: Department) -> Mapping[str, Finding]:
    """Present: has a limit this month (a line lives on its fund's); empty: no limit set."""
    summary = fund_summary(department.scope, today_of(department))
    rows = {part.fund.model_code: part for row in summary.rows for part in (row, *row.parts)}
    missing = Finding(State.MISSING, url=reverse("funds:fund-list"))
    found = {row.code: rows.get(row.code) for row in FUNDS}
    return {code: _finding(row) if row else missing for code, row in found.items()}


def _finding(row: FundRow) -> Finding:
    url = row.fund.get_absolute_url()
    if row.fund.archived_at:
        return Finding(State.MISSING, url=url)
    if row.available is None:
        return Finding(State.EMPTY, _("no limit this month"), url)
    left = filled(_("available %(left)s"), left=money(row.available, row.fund.currency))
    shared = row.fund.kind == Fund.Kind.LINE and row.limit is None
    return Finding(State.PRESENT, _("within the limit of its fund") if shared else left, url)
