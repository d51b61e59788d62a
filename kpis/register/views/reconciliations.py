"""Comparing the register's totals with the cabinets', and signing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.filters_results import ReconciliationFilter
from kpis.register.forms.reconciliation import ReconciliationForm, SignForm
from kpis.register.models import Reconciliation
from kpis.register.periods import named_span
from kpis.register.selectors.reconciliations import (
    VERDICT_MARKS,
    Ours,
    Verdict,
    anew_url,
    difference_ratio,
    ours_shown,
    reconciliations_visible,
)
from kpis.register.services.reconciliations import (
    WHOLE,
    reconciliation_add,
    reconciliation_sign,
)
from kpis.register.tables_results import ReconciliationTable
from staff.accounts.access import Access, access, user_of


class ReconciliationList(ListPage):
    access = Access("right", policies.SOURCE_VIEW)
    template_name = "register/reconciliations.html"
    table_class = ReconciliationTable
    filterset_class = ReconciliationFilter
    search_fields = ("source__name", "note")
    title = _("Comparison with cabinets")
    lead = _("The register's totals beside those of the sources' own pages, agreed and signed.")
    create_url_name = "register:reconciliation-new"
    create_label = _("Compare")
    create_right = policies.RECONCILE
    empty_title = _("Nothing has been compared yet")
    empty_text = _("Take last month's total from a cabinet and see whether ours is the same.")
    empty_icon = "scale"
    export_name = "comparisons"

    def get_queryset(self) -> QuerySet[Any]:
        return reconciliations_visible(user_of(self.request))


class ReconciliationNew(FormPage):
    access = Access("right", policies.RECONCILE)
    template_name = "register/reconciliation_new.html"
    form_class = ReconciliationForm
    title = _("Compare with the cabinet")
    submit_label = _("Compare")
    cancel_url_name = "register:reconciliation-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": user_of(self.request)}

    def get_initial(self) -> dict[str, Any]:
        """Last month, or what another page asks to compare."""
        span = named_span("prev_month", timezone.localdate())
        first, last = span if span else (None, None)
        given = {name: value for name, value in self.request.GET.items() if value}
        return super().get_initial() | {"first_day": first, "last_day": last} | given

    def service(self, form: ReconciliationForm) -> Reconciliation:
        data = form.cleaned_data
        return reconciliation_add(
            actor=user_of(self.request),
            source=data["source"],
            metric=data["metric"],
            first=data["first_day"],
            last=data["last_day"],
            cabinet=data["cabinet"],
            tolerance=form.hundredths(),
            note=data["note"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        asked = {name: form[name].value() for name in form.fields}
        return context | {"ours": _ours(self.request, asked)}


@access(policies.RECONCILE)
@require_GET
def reconciliation_ours(request: HttpRequest) -> HttpResponse:
    """What the register holds of what is being typed into the form, and the difference."""
    context = {"ours": _ours(request, request.GET.dict())}
    return render(request, "register/_ours.html", context)


def _ours(request: HttpRequest, asked: dict[str, Any]) -> Ours | None:
    """None until source, metric and both days are known. A wrong figure is said by the form."""
    texts = {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in asked.items()
    }
    form = ReconciliationForm(texts, user=user_of(request))
    form.is_valid()
    return ours_shown(getattr(form, "cleaned_data", {}))


class ReconciliationDetail(FormPage):
    """The comparison; those who may agree to it do so here."""

    access = Access("right", policies.SOURCE_VIEW)
    template_name = "register/reconciliation_detail.html"
    form_class = SignForm
    title = _("Comparison with the cabinet")
    submit_label = _("Sign")
    success_message = _("Signed.")

    @cached_property
    def row(self) -> Any:
        rows = reconciliations_visible(user_of(self.request))
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"note": self.row.note}

    def service(self, form: SignForm) -> Reconciliation:
        row: Reconciliation = self.row
        reconciliation_sign(actor=user_of(self.request), row=row, note=form.cleaned_data["note"])
        return row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, verdict = self.row, Verdict(self.row.verdict)
        may = user_of(self.request).can(policies.RECONCILE, row.source.scope)
        return super().get_context_data(**kwargs) | {
            "row": row,
            "verdict": verdict.label,
            "mark": VERDICT_MARKS[verdict],
            "ratio": difference_ratio(row),
            "tolerance": Decimal(row.tolerance) / WHOLE,
            "is_changed": verdict == Verdict.CHANGED,
            "may_sign": may and row.signed_at is None and verdict != Verdict.CHANGED,
            "anew_url": anew_url(row) if may else "",
        }
