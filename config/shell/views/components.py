"""Every widget on one page, for developers: what exists, how it looks, what it is called."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from config.lib.columns import DayColumn, MoneyColumn, NumberColumn, PercentColumn
from config.lib.forms import DayInput, ModusFormHelper
from staff.accounts.access import login_access, user_of


class ExampleTable(tables.Table):
    name = tables.Column(verbose_name=_("Campaign"))
    day = DayColumn(verbose_name=_("Start"))
    visits = NumberColumn(verbose_name=_("Sessions"))
    revenue = MoneyColumn(verbose_name=_("Revenue"))
    share = PercentColumn(verbose_name=_("Conversion"))


class ExampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("As people say it aloud."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", "A"), ("b", "B")])
    day = forms.DateField(label=_("Start"), widget=DayInput())
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    file = forms.FileField(label=_("File"), required=False)
    ready = forms.BooleanField(label=_("Ready"), required=False)

    helper = ModusFormHelper()


@login_access
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """In the demo for everybody, in production for the superuser only."""
    if not settings.DEMO and not user_of(request).is_superuser:
        raise Http404
    return render(request, "shell/components.html", _examples(request))


def _examples(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    line = [Decimal(value) for value in (12, 14, 13, 17, 16, 19, 22, 21, 24, 20, 26, 29, 31)]
    rows = [
        {
            "name": name,
            "day": dt.date(2026, 11, day),
            "visits": visits,
            "revenue": revenue,
            "share": share,
        }
        for name, day, visits, revenue, share in (
            ("Autumn sale", 2, 18_204, Decimal("1250300.50"), Decimal("0.0312")),
            ("Loyalty card", 9, 7_410, Decimal("640120"), Decimal("0.0518")),
            ("New shop", 16, 990, None, None),
        )
    ]
    table = RequestConfig(request, paginate={"per_page": 10}).configure(ExampleTable(rows))
    return {
        "title": _("Components"),
        "lead": _("Every widget of the interface, with the template it lives in."),
        "states": ("good", "bad", "warn", "info", ""),
        "ranges": (Decimal(600), Decimal(900), Decimal(1200)),
        "fact": Decimal(820),
        "plan": Decimal(1000),
        "last_year": Decimal(700),
        "forecast": Decimal(1080),
        "line": line,
        "gappy": [*line[:4], None, None, *line[6:9], None, line[10], None, line[12]],
        "band": (Decimal(15), Decimal(25)),
        "recent": now - dt.timedelta(minutes=12),
        "old": now - dt.timedelta(days=2),
        "table": table,
        "form": ExampleForm(),
        "bad_form": ExampleForm({"bad-kind": "z", "bad-day": "31.02.2026"}, prefix="bad"),
        "helper": ModusFormHelper(),
        "money_value": Decimal("1234567.89"),
        "negative": Decimal("-4321.5"),
        "ratio": Decimal("0.624"),
        "large": 48_250_000,
        "tabs": [
            {"label": _("Card"), "url": "#", "active": True},
            {"label": _("Log"), "url": "#", "active": False},
        ],
        "events": [
            {"at": now - dt.timedelta(hours=1), "title": _("Started"), "who": "Maria"},
            {"at": now - dt.timedelta(days=1), "title": _("Assigned"), "text": "A.O1"},
        ],
    }
