"""The head's words in the monthly report, and its approval."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import month_first
from config.lib.errors import Conflict, Invalid
from kpis.indicators import policies
from kpis.indicators.models import MonthlyReport
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot

MAX_LINE = 300
LINES = ("achieved", "cause", "request")


@transaction.atomic
def report_write(
    *, actor: User, scope: Scope, month: dt.date, achieved: str, cause: str, request: str
) -> MonthlyReport:
    """Write the three lines of the verdict. Raises Conflict once the report is approved."""
    report = _open_report(actor, scope, month)
    before = snapshot(report, *LINES)
    for name, text in zip(LINES, (achieved, cause, request), strict=True):
        line = " ".join(text.split())
        if len(line) > MAX_LINE:
            raise Invalid(fields={name: _("A line of the verdict has at most 300 letters.")})
        setattr(report, name, line)
    report.prepared_by = actor
    report.save()
    audit(
        action="indicators.report.written",
        target=report,
        actor=actor,
        scope=scope,
        before=before,
        after=snapshot(report, *LINES),
    )
    return report


@transaction.atomic
def report_approve(*, actor: User, scope: Scope, month: dt.date, today: dt.date) -> MonthlyReport:
    """Approve the report of a month that is over: its verdict and targets no longer change."""
    report = _open_report(actor, scope, month)
    if month >= month_first(today):
        raise Invalid(_("The month is not over yet."), code="month_not_over")
    if not report.achieved:
        raise Invalid(
            _("Write the verdict first: what was achieved."),
            code="verdict_missing",
        )
    report.approved_by, report.approved_at = actor, timezone.now()
    report.save()
    audit(
        action="indicators.report.approved",
        target=report,
        actor=actor,
        scope=scope,
        before={"approved": False},
        after={"approved": True},
    )
    return report


def _open_report(actor: User, scope: Scope, month: dt.date) -> MonthlyReport:
    """The locked row of the month, made on first use."""
    require(actor, policies.REPORT_WRITE, scope)
    MonthlyReport.objects.get_or_create(scope=scope, month=month)
    report: MonthlyReport = MonthlyReport.objects.select_for_update().get(scope=scope, month=month)
    if report.is_approved:
        raise Conflict(_("The report is approved and no longer changes."), code="month_closed")
    return report
