"""Forms of funds, limits and expenses. Services decide, choices only spare detours."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.fields import MoneyField, choose, day_widget, month_widget
from departments.funds import policies
from departments.funds.models import Expense, Fund
from departments.structure.models import Department
from staff.accounts.models import User
from staff.accounts.models.scope import within


class FundForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    """A new fund of ``department``, or an existing one."""

    class Meta:
        model = Fund
        fields = ("name_ru", "name_en", "kind", "parent", "accrues")
        labels = {"name_ru": _("Name in Russian"), "name_en": _("Name in English")}
        help_texts = {
            "kind": _(
                "A line spends the money of its fund, a part has its own money inside the fund."
            ),
            "accrues": _("For money that is collected and spent later, such as the annual bonus."),
        }

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wholes = Fund.objects.filter(
            department=department, kind=Fund.Kind.FUND, archived_at=None
        ).exclude(pk=self.instance.pk)
        cast("forms.ModelChoiceField[Fund]", self.fields["parent"]).queryset = wholes


class LimitForm(forms.Form):
    month = forms.DateField(label=_("Month"), input_formats=["%Y-%m"], widget=month_widget())
    amount = MoneyField(label=_("Limit"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        required=False,
        help_text=_("Needed when a limit that is already set is changed."),
    )


class ExpenseForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    """An expense of one of the funds on which the actor may spend."""

    amount = MoneyField(label=_("Amount"))

    class Meta:
        model = Expense
        fields = ("fund", "day", "amount", "purpose", "document_no", "document_url")
        widgets = {"day": day_widget()}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spendable = Fund.objects.filter(
            within(actor.paths_with(policies.EXPENSE_ADD), "department__scope"), archived_at=None
        ).exclude(parts__kind=Fund.Kind.POT)
        rows = spendable.select_related("parent")
        choose(self, "fund", rows, lambda row: f"{row.parent} / {row}" if row.parent else str(row))


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why is it cancelled?"), max_length=250)
