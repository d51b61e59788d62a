"""Where orders came from: channels over a period, their orders, one order with its evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.dates import add_months, month_last
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.structure.models import Department, Direction
from kpis.indicators import policies
from kpis.indicators.filters_attribution import CreditFilter
from kpis.indicators.forms.attribution import OverrideForm, PeriodForm
from kpis.indicators.models import OrderOverride
from kpis.indicators.models.attribution import MODELS
from kpis.indicators.selectors import attribution as selectors
from kpis.indicators.selectors.attribution_rules import ground, rules_scope
from kpis.indicators.selectors.order_traces import overrides
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.services.attribution_rules import order_override
from kpis.indicators.tables_attribution import CreditTable
from kpis.indicators.views.place import asked_month, choose, first_department, here
from kpis.register.models import Order
from staff.accounts.access import Access, access, require, user_of


@access(policies.ATTRIBUTION_VIEW)
@require_GET
def attribution(request: HttpRequest) -> HttpResponse:
    place = choose(request, policies.ATTRIBUTION_VIEW)
    if place.department is None:
        return render(request, "indicators/no_department.html", first_department(user_of(request)))
    at = here(request, policies.ATTRIBUTION_VIEW)
    month = asked_month(request, at.month)
    form = _period(request, month, at.today)
    table = None
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        table = selectors.channel_table(
            department=at.department, first=first, last=last, other=form.model()
        )
    at_rules = ground(rules_scope(at.department.scope))
    context = {
        "place": at,
        "form": form,
        "table": table,
        "other": dict(MODELS).get(form.data["other"]) if form.is_bound else "",
        "rule": at_rules.rule_of(month),
        "is_closed": month in at_rules.closed,
        "month": month,
        "jobs": selectors.jobs_of(at.department),
        "previous_url": f"?month={add_months(month, -1):%Y-%m}",
        "next_url": f"?month={add_months(month, 1):%Y-%m}" if month < at.month else "",
    }
    return render(request, "indicators/attribution.html", context)


def _period(request: HttpRequest, month: dt.date, today: dt.date) -> PeriodForm:
    """What is asked for; the whole month where no days are."""
    known = {"first": month, "last": max(month, min(month_last(month), today)), "other": ""}
    given = {name: request.GET[name] for name in known if request.GET.get(name)}
    return PeriodForm({**{name: str(value) for name, value in known.items()}, **given})


class CreditList(ListPage):
    """Parts of orders and refunds: of a channel, of days, as the filters say."""

    access = Access("right", policies.ATTRIBUTION_VIEW)
    template_name = "indicators/attribution_orders.html"
    table_class = CreditTable
    filterset_class = CreditFilter
    search_fields = ("key", "order", "code", "evidence")
    search_placeholder = _("Number or code")
    title = _("Orders by channel")
    lead = _("Every order and refund with its primary source and the channels that assisted.")
    empty_title = _("No order has been given to a channel yet")
    empty_text = _("It happens by itself a minute after a source with orders has been read.")
    empty_icon = "route"
    export_name = "orders-by-channel"

    def get_queryset(self) -> QuerySet[Any]:
        at = here(self.request, policies.ATTRIBUTION_VIEW)
        return selectors.channel_orders(department=at.department)

    def row_url(self, record: Any) -> str | None:
        return selectors.order_url(record.stream_id, record.order or record.key)


@access(policies.ATTRIBUTION_VIEW)
@require_GET
def attribution_order(request: HttpRequest, stream: int) -> HttpResponse:
    order, department = _order(request, stream)
    story = selectors.order_story(order)
    may = user_of(request).can(policies.ATTRIBUTION_MANAGE, story.ground.scope)
    context = {
        "story": story,
        "order": order,
        "department": department,
        "models": selectors.by_models(story.credits),
        "may_override": may and not story.is_closed and bool(story.credits),
    }
    return render(request, "indicators/attribution_order.html", context)


def _order(request: HttpRequest, stream: int) -> tuple[Order, Department]:
    """The order named in the address, under a department the person may look into (else 404)."""
    found = get_object_or_404(
        Order.objects.select_related("stream__source__scope"),
        stream=stream,
        key=request.GET.get("key", ""),
    )
    path = found.stream.source.scope.path
    seen = Department.objects.visible_to(user_of(request), policies.ATTRIBUTION_VIEW)
    for department in seen.select_related("company__scope", "scope"):
        if path.startswith(figures_scope(department).path):
            return found, department
    raise Http404


class OrderOverrideForm(FormPage):
    """A person's word against the evidence."""

    access = Access("right", policies.ATTRIBUTION_MANAGE)
    template_name = "indicators/attribution_override.html"
    form_class = OverrideForm
    title = _("Another source of the order")
    lead = _("The evidence stays in sight; who said what, when and why is kept.")
    success_message = _("Saved.")

    @cached_property
    def found(self) -> tuple[Order, Department]:
        order, department = _order(self.request, self.kwargs["stream"])
        scope = rules_scope(order.stream.source.scope)
        require(user_of(self.request), policies.ATTRIBUTION_MANAGE, scope)
        return order, department

    def get_form_kwargs(self) -> dict[str, Any]:
        order, department = self.found
        directions = Direction.objects.filter(department=department).values_list("pk", flat=True)
        own: dict[str, Any] = {
            "directions": list(directions),
            "names": selectors.channel_names(department.scope),
            "word": overrides(stream=order.stream_id, keys=[order.key]).get(order.key),
        }
        return super().get_form_kwargs() | own

    def service(self, form: OverrideForm) -> OrderOverride:
        return order_override(actor=user_of(self.request), order=self.found[0], **form.cleaned_data)

    def get_success_url(self) -> str:
        order = self.found[0]
        return selectors.order_url(order.stream_id, order.key)

    get_cancel_url = get_success_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"order": self.found[0]}
