"""Addresses of funds and expenses."""

from django.urls import path

from departments.funds.views import expenses, funds

app_name = "funds"
urlpatterns = [
    path("", funds.fund_list, name="fund-list"),
    path("new/", funds.FundCreate.as_view(), name="fund-create"),
    path("expenses/", expenses.ExpenseList.as_view(), name="expense-list"),
    path("expenses/new/", expenses.ExpenseCreate.as_view(), name="expense-create"),
    path("expenses/<uuid:uid>/", expenses.expense_detail, name="expense-detail"),
    path("expenses/<uuid:uid>/cancel/", expenses.ExpenseCancel.as_view(), name="expense-cancel"),
    path("<uuid:uid>/", funds.fund_detail, name="fund-detail"),
    path("<uuid:uid>/edit/", funds.FundEdit.as_view(), name="fund-edit"),
    path("<uuid:uid>/limit/", funds.LimitSet.as_view(), name="limit-set"),
    path("<uuid:uid>/archive/", funds.archive, name="fund-archive"),
]
