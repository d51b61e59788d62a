"""The register's rows, and what each of them came from."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.htmx import wants_part
from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.filters_results import ResultFilter
from kpis.register.models import Metric
from kpis.register.selectors import explore
from kpis.register.selectors.imports import imports_visible
from kpis.register.tables_results import ResultTable, TotalledTable
from kpis.register.views.explorer import explorer_context
from staff.accounts.access import Access, access, user_of


class ResultList(ListPage):
    access = Access("right", policies.RESULT_VIEW)
    template_name = "register/results.html"
    table_class = ResultTable
    filterset_class = ResultFilter
    search_fields = ("subject__label",)
    search_placeholder = _("Subject")
    title = _("Results register")
    lead = _("Every figure with the day, the source and the answer or file it came from.")
    empty_title = _("No figures yet")
    empty_text = _("Connect a source or load a file: its figures appear here.")
    empty_icon = "table"
    create_url_name = "register:source-kinds"
    create_label = _("Add source")
    create_right = policies.SOURCE_MANAGE
    export_name = "results"
    rows_per_page = 100

    def get_queryset(self) -> QuerySet[Any]:
        return explore.results_visible(user_of(self.request))

    def row_url(self, record: Any) -> str | None:
        if record.answer_uid:
            return reverse("register:raw-answer", args=[record.answer_uid])
        if record.import_uid:
            return f"{reverse('register:import-rows', args=[record.import_uid])}?day={record.day}"
        return None

    def search(self, rows: Any, query: str) -> Any:
        """The filter looks for the words itself, together with the parts of what is found."""
        return rows

    def get_template_names(self) -> list[str]:
        if wants_part(self.request, "list"):
            return ["register/_results.html"]
        return super().get_template_names()

    @cached_property
    def chosen_metric(self) -> Metric | None:
        """The metric whose sum stands under the list: the only one asked for."""
        codes = set(self.request.GET.getlist("metric"))
        return Metric.objects.filter(code=codes.pop()).first() if len(codes) == 1 else None

    def get_table_class(self) -> type[ResultTable]:
        return TotalledTable if self.chosen_metric else ResultTable

    def get_table(self, **kwargs: Any) -> Any:
        table = super().get_table(**kwargs)
        table.total = explore.total_of(table.data.data, self.chosen_metric)
        return table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        assert isinstance(self.filterset, ResultFilter)  # noqa: S101  set above
        return context | explorer_context(self.request, self.filterset, "results")


@access(policies.RESULT_VIEW)
@require_GET
def raw_answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    answer = get_object_or_404(explore.answers_visible(user_of(request)), uid=uid)
    context = {
        "title": _("Raw answer"),
        "answer": answer,
        "body": explore.answer_body(answer),
        "kept_until": explore.kept_until(answer),
        "source": answer.slice.run.source,
    }
    return render(request, "register/raw_answer.html", context)


@access(policies.RESULT_VIEW)
@require_GET
def import_rows(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rows of a loaded file about ``?day=``."""
    record = get_object_or_404(imports_visible(user_of(request)), uid=uid, mapping__isnull=False)
    day = _day(request.GET.get("day", ""))
    context = {
        "title": record.original_name,
        "record": record,
        "day": day,
        "found": explore.file_rows(record, day),
    }
    return render(request, "register/import_rows.html", context)


def _day(text: str) -> dt.date:
    """Raises Http404 for what is no date."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return day
