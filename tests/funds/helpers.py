"""The model's fund tree of a department, with rows written directly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from departments.funds.install import funds_install
from departments.funds.models import Expense, Fund, FundLimit
from departments.structure.install_registry import InstallOptions
from departments.structure.models import Department
from staff.accounts.models import User

MARCH = dt.date(2026, 3, 1)


def install(department: Department, actor: User) -> dict[str, Fund]:
    """Model code → fund."""
    funds_install(department, actor, InstallOptions())
    return {fund.model_code: fund for fund in department.funds.all()}


def give(fund: Fund, author: User, amount: str, month: dt.date = MARCH) -> FundLimit:
    return FundLimit.objects.create(fund=fund, month=month, amount=Decimal(amount), author=author)


def spend(fund: Fund, author: User, amount: str, day: dt.date = MARCH) -> Expense:
    """An expense past every check."""
    return Expense.objects.create(
        fund=fund, day=day, amount=Decimal(amount), purpose="Banner print", author=author
    )
