"""How quickly KPIs are shown, as ratios in one run: the dashboard and the report over two sizes of
the register, beside the plain SQL that asks for the same numbers.
"""

from __future__ import annotations

import datetime as dt
import gc

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.lib.bench import Timing, measure
from config.lib.dates import add_months, month_first
from departments.structure.models import Direction
from kpis.indicators.models import Kpi
from kpis.indicators.own.ahead import count_ahead
from kpis.indicators.selectors.definitions import codes_of, defined_kpis
from kpis.indicators.selectors.readings import readings_of
from kpis.indicators.selectors.report import month_sheet
from kpis.register.bench.pages import register_fill
from kpis.register.bench.place import METRICS, Place, Say, ratio, rounded
from kpis.register.models import Order
from staff.accounts.models import Scope
from staff.accounts.services.scopes import scope_create

REPORT_KPIS = 30
ROWS_AN_ORDER = 40  # rows of the register to one order seen by itself
ORDERS_A_CUSTOMER = 3


def kpis_bench(*, small: int, large: int, turns: int, say: Say) -> dict[str, object]:
    """Milliseconds and queries at both sizes, their ratios and the noise of the turns. Needs an
    empty database."""
    place = Place()
    _directions(place)
    _thirty_main()
    client = Client(HTTP_HOST="localhost")
    client.force_login(place.user)
    dashboard = reverse("indicators:dashboard")
    last = timezone.localdate() - dt.timedelta(days=1)
    month = add_months(month_first(last), -1)
    report = reverse("indicators:report-month", args=[month.year, month.month])
    gc.freeze()  # as web workers do
    found: dict[int, dict[str, Timing]] = {}
    queries: dict[str, int] = {}
    for size in (small, large):
        place.empty()
        say(f"Filling the register with {size:,} rows")
        _orders(place, size // ROWS_AN_ORDER, last)
        register_fill(place, size, last - dt.timedelta(days=420), last)

        def page(url: str) -> None:
            response = client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"{url} answered {response.status_code}")

        def three_directions() -> None:
            today = timezone.localdate()
            month_sheet(department=place.department, month=month, today=today)
            for direction in Direction.objects.select_related("scope"):
                readings_of(
                    defined_kpis(),
                    department=place.department,
                    month=month,
                    today=today,
                    scope=direction.scope,
                )

        def after_news(url: str) -> None:
            cache.clear()
            page(url)

        for name, url in (("dashboard", dashboard), ("report", report)):
            page(url)  # caches of templates and plans are warm on both sides
            with CaptureQueriesContext(connection) as captured:
                page(url)
            queries[name] = len(captured)
        found[size] = measure(
            {
                "dashboard": lambda: page(dashboard),
                "report_after_news": lambda: after_news(report),
                "dashboard_after_news": lambda: after_news(dashboard),
                "count_ahead": lambda: count_ahead(place.source),
                "report": lambda: page(report),
                "report_pdf": lambda: page(f"{report}?_export=pdf"),
                "report_figures": three_directions,
                "plain_sql": lambda: _plain(place, last),
            },
            turns=max(turns, 9),
        )
    figures: dict[str, object] = {
        "queries": queries,
        "ms": {
            size: {name: rounded(t.median * 1000) for name, t in timings.items()}
            for size, timings in found.items()
        },
        "large_to_small": {
            name: ratio(found[large][name].median, found[small][name].median)
            for name in found[large]
        },
        "noise": {
            size: {name: rounded(t.noise) for name, t in timings.items()}
            for size, timings in found.items()
        },
    }
    for name, value in figures.items():
        say(f"  {name}: {value}")
    return figures


def _directions(place: Place) -> None:
    """Sources of three directions as the ideal model has them."""
    for letter in Direction.Code.values:
        scope = scope_create(kind=Scope.Kind.DIRECTION, label=letter, parent=place.scope)
        Direction.objects.create(
            scope=scope, department=place.department, code=letter, name_ru=letter, name_en=letter
        )


def _orders(place: Place, count: int, last: dt.date) -> None:
    """Orders one by one over the last fourteen months, for what is told from their rows."""
    Order.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO register_order (stream_id, key, day, customer, amount, currency, channel, "
            'promo_code, "row", slice_id, status) '
            "SELECT %s, 'o' || n, %s::date - n %% 420, 'c' || n %% %s, 1000, 'RUB', '', '', 0, "
            "%s, 'paid' FROM generate_series(1, %s) AS n",
            [place.stream.pk, last, max(count // ORDERS_A_CUSTOMER, 1), place.piece.pk, count],
        )


def _thirty_main() -> None:
    """Thirty KPIs on the dashboard and in the report."""
    codes = list(Kpi.objects.order_by("-is_main", "position").values_list("pk", flat=True))
    Kpi.objects.update(is_main=False)
    Kpi.objects.filter(pk__in=codes[:REPORT_KPIS]).update(is_main=True)


def _plain(place: Place, last: dt.date) -> None:
    """The same numbers without the product: thirteen months of every metric, added up in SQL."""
    codes = sorted({*METRICS, *codes_of(defined_kpis())})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.code, date_trunc('month', t.day), sum(t.value) FROM register_daily_total t "
            "JOIN register_metric m ON m.id = t.metric_id WHERE t.stream_id = %s "
            "AND m.code = ANY(%s) AND t.day BETWEEN %s AND %s GROUP BY 1, 2",
            [place.stream.pk, codes, last - dt.timedelta(days=395), last],
        )
        cursor.fetchall()
