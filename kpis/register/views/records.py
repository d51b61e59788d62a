"""Enquiries and orders one by one, with what they come to and where they came from."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.filters_records import EnquiryFilter, OrderFilter
from kpis.register.selectors import records
from kpis.register.tables_records import EnquiryTable, OrderTable
from staff.accounts.access import Access, access, user_of


class _RecordList(ListPage):
    """What both lists have in common; ``kind`` names the page of one record."""

    access = Access("right", policies.RESULT_VIEW)
    template_name = "register/record_list.html"
    create_url_name = "register:source-kinds"
    create_label = _("Add source")
    create_right = policies.SOURCE_MANAGE
    kind = ""

    def row_url(self, record: Any) -> str | None:
        return records.record_url(self.kind, record)

    def totals(self, rows: QuerySet[Any]) -> object:
        """What the rows that the filters leave come to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"totals": self.totals(context["table"].data.data)}


class EnquiryList(_RecordList):
    table_class = EnquiryTable
    filterset_class = EnquiryFilter
    search_fields = ("key", "line", "responsible")
    search_placeholder = _("Number, line or who took it")
    title = _("Enquiries")
    lead = _(
        "Leads, calls and messages one by one. Who turned to us is not kept, only that it is "
        "the same person."
    )
    empty_title = _("No enquiries yet")
    empty_text = _("Connect a CRM or a telephone exchange: its enquiries appear here.")
    empty_icon = "message-question"
    export_name = "enquiries"
    totals_template = "register/_enquiry_totals.html"
    kind = "enquiry"

    def get_queryset(self) -> QuerySet[Any]:
        return records.enquiries_visible(user_of(self.request))

    def totals(self, rows: QuerySet[Any]) -> object:
        return records.enquiry_totals(rows)


class OrderList(_RecordList):
    table_class = OrderTable
    filterset_class = OrderFilter
    search_fields = ("key", "number", "promo_code")
    search_placeholder = _("Number or promo code")
    title = _("Orders")
    lead = _("Purchases, deals and postings one by one, as their sources tell them.")
    empty_title = _("No orders yet")
    empty_text = _("Connect a shop or a CRM, or load a file with a row per order.")
    empty_icon = "shopping-cart"
    export_name = "orders"
    totals_template = "register/_order_totals.html"
    kind = "order"

    def get_queryset(self) -> QuerySet[Any]:
        return records.orders_visible(user_of(self.request))

    def totals(self, rows: QuerySet[Any]) -> object:
        return records.order_totals(rows, self._refunds())

    def _refunds(self) -> QuerySet[Any] | None:
        """Refunds of the same days and source; None where the list is narrowed otherwise."""
        form = self.filterset.form if self.filterset else None
        if form is None or not form.is_valid():
            return None
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        source, first, last = (chosen.pop(name, None) for name in ("source", "first", "last"))
        if chosen or self.query:
            return None
        rows = records.refunds_visible(user_of(self.request))
        rows = rows.filter(stream__source=source) if source else rows
        rows = rows.filter(day__gte=first) if first else rows
        return rows.filter(day__lte=last) if last else rows


@access(policies.RESULT_VIEW)
@require_GET
def enquiry_detail(request: HttpRequest, stream: int) -> HttpResponse:
    user, key = user_of(request), request.GET.get("key", "")
    found = get_object_or_404(records.enquiries_visible(user), stream_id=stream, key=key)
    card = records.enquiry_card(found, user)
    return render(request, "register/enquiry_detail.html", card)


@access(policies.RESULT_VIEW)
@require_GET
def order_detail(request: HttpRequest, stream: int) -> HttpResponse:
    user, key = user_of(request), request.GET.get("key", "")
    found = get_object_or_404(records.orders_visible(user), stream_id=stream, key=key)
    return render(request, "register/order_detail.html", records.order_card(found, user))
