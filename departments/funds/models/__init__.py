from departments.funds.models.expense import Expense
from departments.funds.models.fund import Fund, FundLimit

__all__ = ["Expense", "Fund", "FundLimit"]
