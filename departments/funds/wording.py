"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from departments.funds.models import Expense, Fund
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "funds.fund.created": _("Fund added"),
        "funds.fund.changed": _("Fund changed"),
        "funds.fund.archived": _("Fund taken out of use"),
        "funds.limit.set": _("Limit of a fund set"),
        "funds.expense.added": _("Expense written down"),
        "funds.expense.cancelled": _("Expense cancelled"),
    }
)
link_targets({Fund: "funds:fund-detail", Expense: "funds:expense-detail"})
