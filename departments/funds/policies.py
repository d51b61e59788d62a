"""Rights over funds. Whoever spends does not see to it that there is more to spend unnoticed: a
limit set by the head is told to the directors (`services.limits`)."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import READERS, Role, declare

FUND_VIEW = declare("funds.fund.view", _("See funds and expenses"), Role.HEAD, *READERS)
FUND_MANAGE = declare("funds.fund.manage", _("Change the fund tree"), Role.HEAD, Role.DIRECTOR)
LIMIT_SET = declare("funds.limit.set", _("Set limits of funds"), Role.HEAD, Role.DIRECTOR)
EXPENSE_ADD = declare("funds.expense.add", _("Write down expenses"), Role.HEAD)
