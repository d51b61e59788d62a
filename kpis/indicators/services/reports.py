"""The head's words in the monthly report, its approval, and opening it again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import month_first
from config.lib.errors import Conflict, Invalid
from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.models import MonthlyReport
from kpis.indicators.selectors.editions import edition_of
from kpis.indicators.services.closing import edition_keep
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot

MAX_LINE = 300
MAX_REASON = 250
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
    """Approve the report of a month that is over and close the month: verdict, facts, targets,
    formulas and weights are kept as they stand."""
    # Nobody sets a target of the month between its reading and its closing.
    Scope.objects.select_for_update().get(pk=scope.pk)
    report = _open_report(actor, scope, month)
    if month >= month_first(today):
        raise Invalid(_("The month is not over yet."), code="month_not_over")
    if not report.achieved:
        raise Invalid(
            _("Write the verdict first: what was achieved."),
            code="verdict_missing",
        )
    at = timezone.now()
    report.approved_by, report.approved_at = actor, at
    report.save()
    department = Department.objects.select_related("company__scope", "scope").get(scope=scope)
    edition = edition_keep(report=report, department=department, actor=actor, at=at, today=today)
    audit(
        action="indicators.report.approved",
        target=report,
        actor=actor,
        scope=scope,
        before={"approved": False},
        after={"approved": True, "edition": edition.number},
    )
    return report


@transaction.atomic
def report_reopen(*, actor: User, scope: Scope, month: dt.date, reason: str) -> MonthlyReport:
    """Open an approved report again; what was approved is kept as its edition.

    Raises Conflict when the report is not approved, Invalid without a reason.
    """
    require(actor, policies.REPORT_REOPEN, scope)
    rows = MonthlyReport.objects.select_for_update()
    report: MonthlyReport | None = rows.filter(scope=scope, month=month).first()
    if report is None or not report.is_approved:
        raise Conflict(_("The report is not approved: it is open."), code="report_open")
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(
            code="reason_required",
            fields={"reason": _("Say why: the approved report is kept beside the new one.")},
        )
    if len(reason) > MAX_REASON:
        raise Invalid(fields={"reason": _("A reason has at most 250 letters.")})
    edition = edition_of(scope=scope, month=month)
    if edition is not None:  # None: approved before editions were kept
        edition.reopened_by, edition.reopened_at = actor, timezone.now()
        edition.reopen_reason = reason
        edition.save()
    report.approved_by = report.approved_at = None
    report.save()
    audit(
        action="indicators.report.reopened",
        target=report,
        actor=actor,
        scope=scope,
        before={"approved": True, "edition": edition.number if edition else None},
        after={"approved": False},
        reason=reason,
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
