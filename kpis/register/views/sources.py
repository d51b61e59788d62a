"""Sources: the list, the card, and what can be done with a source."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.htmx import is_fragment
from config.lib.listing import MAX_WORDS, ListPage
from kpis.register import policies
from kpis.register.filters import SourceFilter
from kpis.register.models import Source, StreamMetric
from kpis.register.selectors.sources import (
    check_shown,
    kinds_called,
    source_card,
    sources_listed,
)
from kpis.register.services.runs import run_request
from kpis.register.services.schedule import source_pause, source_resume
from kpis.register.services.sources import source_check, stream_metric_count
from kpis.register.tables import SourceTable
from staff.accounts.access import Access, access, user_of


class SourceList(ListPage):
    access = Access("right", policies.SOURCE_VIEW)
    template_name = "register/source_list.html"
    table_class = SourceTable
    filterset_class = SourceFilter
    search_fields = ("name", "owner__full_name")
    search_placeholder = _("Search by name, kind or person")
    title = _("Sources")
    lead = _("Where the figures of the register come from, and how fresh they are.")
    create_url_name = "register:source-kinds"
    create_label = _("Add source")
    create_right = policies.SOURCE_MANAGE
    empty_title = _("No sources yet")
    empty_text = _("Connect your site's analytics or load a file with last month's figures.")
    empty_icon = "plug"
    export_name = "sources"

    def get_queryset(self) -> QuerySet[Any]:
        return sources_listed(user_of(self.request))

    def search(self, rows: Any, query: str) -> Any:
        """The kind is searched as people call it."""
        for word in query.split()[:MAX_WORDS]:
            kinds = Q(kind__in=kinds_called(word))
            rows = rows.filter(
                kinds | Q(name__icontains=word) | Q(owner__full_name__icontains=word)
            )
        return rows


@access(policies.SOURCE_VIEW)
@require_GET
def source_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    card = source_card(_source(request, uid), user=user_of(request))
    template = "register/_reading.html" if is_fragment(request) else "register/source_detail.html"
    return render(request, template, card)


@access(policies.SOURCE_SYNC)
@require_POST
def source_check_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Try the connection; the result in place, or on the source's page without JavaScript."""
    source = _source(request, uid)
    source_check(actor=user_of(request), source=source)
    if not is_fragment(request):
        return redirect(f"{source.get_absolute_url()}#check")
    source.refresh_from_db()
    context = {"source": source, "checks": check_shown(source)}
    return render(request, "register/_check.html", context)


@access(policies.SOURCE_SYNC)
@require_POST
def source_read(request: HttpRequest, uid: UUID) -> HttpResponse:
    return redirect(run_request(actor=user_of(request), source=_source(request, uid)))


@access(policies.SOURCE_MANAGE)
@require_POST
def source_pause_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    source = _source(request, uid)
    source_pause(actor=user_of(request), source=source)
    messages.info(request, gettext("“%(name)s” is no longer read on schedule.") % {"name": source})
    return redirect(source)


@access(policies.SOURCE_MANAGE)
@require_POST
def source_resume_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    source = _source(request, uid)
    source_resume(actor=user_of(request), source=source)
    messages.success(request, gettext("“%(name)s” is read on schedule again.") % {"name": source})
    return redirect(source)


@access(policies.SOURCE_MANAGE)
@require_POST
def metric_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether a metric of a source enters KPIs: ``counted`` is yes or no."""
    visible = Source.objects.visible_to(user_of(request), policies.SOURCE_VIEW)
    pairs = StreamMetric.objects.select_related("stream__source__scope", "metric")
    pair = get_object_or_404(pairs.filter(stream__source__in=visible), pk=pk)
    counted = request.POST.get("counted") == "yes"
    stream_metric_count(actor=user_of(request), pair=pair, is_counted=counted)
    done = (
        gettext("“%(metric)s” counts now.")
        if counted
        else gettext("“%(metric)s” is kept for comparison.")
    )
    messages.success(request, done % {"metric": pair.metric})
    return redirect(f"{pair.stream.source.get_absolute_url()}#streams")


def _source(request: HttpRequest, uid: UUID) -> Source:
    visible = Source.objects.visible_to(user_of(request), policies.SOURCE_VIEW)
    source: Source = get_object_or_404(visible.select_related("scope", "owner"), uid=uid)
    return source
