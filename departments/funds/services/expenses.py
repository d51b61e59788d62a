"""Writing down what was spent, never more than there is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from config.lib.money import money
from departments.funds import policies
from departments.funds.models import Expense, Fund
from departments.funds.selectors import fund_row
from departments.funds.services.funds import whole_lock
from departments.work.clock import today_of
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AUDITED = ("fund", "day", "amount", "purpose", "document_no", "document_url")


@transaction.atomic
def expense_add(
    *,
    actor: User,
    fund: Fund,
    day: dt.date,
    amount: Decimal,
    purpose: str,
    document_no: str = "",
    document_url: str = "",
) -> Expense:
    """An expense of ``fund`` on ``day``. Two at once cannot both take the last money.

    Raises `Invalid` with the exact available figure (code ``over_limit``), for a month without a
    limit (``no_limit``), a future day or a fund whose parts have the money.
    """
    require(actor, policies.EXPENSE_ADD, fund.department.scope)
    fund = whole_lock(fund)
    expense = Expense(
        fund=fund,
        day=day,
        amount=amount,
        purpose=purpose,
        document_no=document_no,
        document_url=document_url,
        author=actor,
    )
    full_clean(expense)
    if day > today_of(fund.department):
        raise _refused("future_day", "day", _("This day has not come yet."))
    _refuse_unaffordable(fund, day, amount)
    expense.save()
    audit(
        action="funds.expense.added",
        actor=actor,
        target=expense,
        scope=fund.department.scope,
        after=snapshot(expense, *AUDITED),
    )
    return expense


@transaction.atomic
def expense_cancel(*, actor: User, expense: Expense, reason: str) -> Expense:
    """Take an expense back: its money is available again, the row stays with the reason."""
    fund = expense.fund
    require(actor, policies.EXPENSE_ADD, fund.department.scope)
    whole_lock(fund)
    if not reason.strip():
        raise _refused("reason_required", "reason", _("Say why the expense is cancelled."))
    values = {"cancelled_at": timezone.now(), "cancel_reason": reason.strip()[:250]}
    if not Expense.objects.kept().filter(pk=expense.pk).update(**values):
        raise Conflict
    expense.refresh_from_db()
    audit(
        action="funds.expense.cancelled",
        actor=actor,
        target=expense,
        scope=fund.department.scope,
        reason=reason,
        before={"amount": expense.amount},
        after={"amount": None},
    )
    return expense


def _refuse_unaffordable(fund: Fund, day: dt.date, amount: Decimal) -> None:
    row = fund_row(fund, day)
    if fund.archived_at:
        raise _refused("archived", "fund", _("The fund is no longer in use."))
    if row.has_pots:
        raise _refused("has_pots", "fund", _("The money is in the parts of this fund: choose one."))
    if row.available is None:
        text = _("No limit is set for %(month)s.")
        raise _refused("no_limit", "fund", text % {"month": date_format(day, "YEAR_MONTH_FORMAT")})
    if amount > row.available:
        left = money(row.available, fund.currency)
        raise _refused("over_limit", "amount", _("Available: %(left)s.") % {"left": left})


def _refused(code: str, field: str, message: StrOrPromise) -> Invalid:
    return Invalid(message, code=code, fields={field: message})
