"""Filters of the lists of enquiries and orders; kept in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.forms import DayInput
from kpis.register import policies
from kpis.register.models import Enquiry, Order, Source
from kpis.register.selectors.records import newest_day, of_person, touched
from kpis.register.words_records import ORDER_STATUS

SPAN = dt.timedelta(days=30)
TOUCHES = [("yes", _("known")), ("no", _("not known"))]


def _sources(request: Any) -> QuerySet[Source]:
    found: QuerySet[Source] = Source.objects.visible_to(request.user, policies.SOURCE_VIEW)
    return found.order_by("name")


class RecordFilter(filters.FilterSet):
    """Without a period: the last 31 days that have records, so that the list costs the same however
    many years lie below."""

    first = filters.DateFilter(
        label=_("From day"), field_name="day", lookup_expr="gte", widget=DayInput()
    )
    last = filters.DateFilter(
        label=_("To day"), field_name="day", lookup_expr="lte", widget=DayInput()
    )
    source = filters.ModelChoiceFilter(
        label=_("Source"), field_name="stream__source", to_field_name="uid", queryset=_sources
    )
    channel = filters.CharFilter(label=_("Channel"), lookup_expr="icontains")
    touches = filters.ChoiceFilter(
        label=_("Where they came from"), choices=TOUCHES, method="by_touches"
    )

    owner = ""
    # Fields by which a narrowed list finds its rows in all years.
    anywhere: tuple[str, ...] = ()

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        data = data.copy()
        whole = any(data.get(name) for name in self.anywhere)
        if not whole and not data.get("first") and not data.get("last"):
            newest = newest_day(kwargs["request"].user, self._meta.model)
            if newest is not None:
                data["first"], data["last"] = str(newest - SPAN), str(newest)
        super().__init__(data, *args, **kwargs)

    def by_touches(self, rows: Any, name: str, value: str) -> Any:
        return touched(rows, self.owner, has=value == "yes")


class EnquiryFilter(RecordFilter):
    """``person`` has no field on the page: an enquiry's own page links so."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=Enquiry.Kind.choices)
    status = filters.ChoiceFilter(label=_("State"), choices=Enquiry.Status.choices)
    calls = filters.ChoiceFilter(
        label=_("Calls"),
        method="by_calls",
        choices=[
            ("answered", _("answered")),
            ("missed", _("missed")),
            ("lost", _("missed and not called back")),
        ],
    )
    person = filters.CharFilter(method="by_person", widget=forms.HiddenInput)

    owner = "enquiry"
    anywhere = ("person",)

    class Meta:
        model = Enquiry
        fields: list[str] = []

    def by_calls(self, rows: Any, name: str, value: str) -> Any:
        call = Q(kind=Enquiry.Kind.CALL, answered=value == "answered")
        return rows.filter(call & Q(is_recovered=False) if value == "lost" else call)

    def by_person(self, rows: Any, name: str, value: str) -> Any:
        return of_person(rows, value)


class OrderFilter(RecordFilter):
    status = filters.ChoiceFilter(label=_("State"), choices=list(ORDER_STATUS.items()))

    owner = "order"

    class Meta:
        model = Order
        fields: list[str] = []
