"""Setting what a fund may spend."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.dates import month_first
from config.lib.errors import Conflict, Invalid
from config.lib.money import money
from departments.funds import policies
from departments.funds.models import Fund, FundLimit
from departments.funds.selectors import fund_row, limits_of_year
from departments.funds.services.funds import whole_lock
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.rights import Role
from staff.accounts.selectors import people_with
from staff.accounts.services.audit import audit
from staff.accounts.services.notifications import notify


@transaction.atomic
def limit_set(
    *, actor: User, fund: Fund, month: dt.date, amount: Decimal, reason: str = ""
) -> FundLimit:
    """A new version of the month's limit. A change needs a reason; directors are told of it.

    Raises `Invalid` below what is spent already, `Conflict` for a fund whose parts have the money.
    """
    require(actor, policies.LIMIT_SET, fund.department.scope)
    fund = whole_lock(fund)
    month = month_first(month)
    if fund.archived_at:
        raise Conflict(_("The fund is no longer in use."), code="archived")
    if fund_row(fund, month).has_pots:
        raise Conflict(_("Limits are set on the parts of this fund."), code="has_pots")
    before = limits_of_year([fund], month.year).get(fund.pk, {}).get(month.month)
    if before is not None and not reason.strip():
        message = _("Say why the limit is changed.")
        raise Invalid(message, code="reason_required", fields={"reason": message})
    limit = FundLimit(
        fund=fund, month=month, amount=amount, author=actor, reason=reason.strip()[:250]
    )
    full_clean(limit)
    limit.save()
    _refuse_below_spent(fund, month)
    audit(
        action="funds.limit.set",
        actor=actor,
        target=fund,
        scope=fund.department.scope,
        reason=reason,
        before={f"{month:%m.%Y}": before},
        after={f"{month:%m.%Y}": amount.quantize(Decimal("0.01"))},
    )
    _tell_directors(actor, limit, before)
    return limit


def _refuse_below_spent(fund: Fund, month: dt.date) -> None:
    """A limit cannot be taken back below what is spent under it (lines included)."""
    row = fund_row(fund, month)
    if fund.kind == Fund.Kind.LINE:
        short = row.limit is not None and row.limit < row.spent
    else:
        short = row.available is not None and row.available < 0
    if short:
        message = _("%(spent)s are spent already.") % {"spent": money(row.spent, fund.currency)}
        raise Invalid(message, code="below_spent", fields={"amount": message})


def _tell_directors(actor: User, limit: FundLimit, before: Decimal | None) -> None:
    directors = people_with(frozenset({Role.DIRECTOR}), limit.fund.department.scope)
    currency = limit.fund.currency
    notify(
        users=directors.exclude(pk=actor.pk),
        title=_("%(who)s set the limit of “%(fund)s” for %(month)s: %(amount)s"),
        body=limit.reason,
        url=limit.fund.get_absolute_url(),
        values={
            "who": str(actor),
            "fund": limit.fund.name,
            "month": f"{limit.month:%m.%Y}",
            "amount": money(limit.amount, currency),
        },
    )
