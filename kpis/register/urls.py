"""Addresses of the register."""

from django.urls import path

from kpis.register.views import (
    imports,
    mail_events,
    mapping,
    results,
    runs,
    source_forms,
    sources,
    streams,
)

app_name = "register"
urlpatterns = [
    path("sources/", sources.SourceList.as_view(), name="source-list"),
    path("sources/new/", source_forms.source_kinds, name="source-kinds"),
    path("sources/new/<slug:kind>/", source_forms.SourceCreate.as_view(), name="source-create"),
    path("sources/<uuid:uid>/", sources.source_detail, name="source-detail"),
    path("sources/<uuid:uid>/edit/", source_forms.SourceEdit.as_view(), name="source-edit"),
    path("sources/<uuid:uid>/check/", sources.source_check_now, name="source-check"),
    path("sources/<uuid:uid>/read/", sources.source_read, name="source-read"),
    path("sources/<uuid:uid>/pause/", sources.source_pause_now, name="source-pause"),
    path("sources/<uuid:uid>/resume/", sources.source_resume_now, name="source-resume"),
    path("mail-events/<uuid:uid>/<slug:key>/", mail_events.mail_events, name="mail-events"),
    path("streams/<int:pk>/agree/", streams.StreamAgree.as_view(), name="stream-agree"),
    path("metrics/<int:pk>/count/", sources.metric_count, name="metric-count"),
    path("runs/<uuid:uid>/", runs.run_detail, name="run-detail"),
    path("runs/<uuid:uid>/cancel/", runs.run_cancel_now, name="run-cancel"),
    path("runs/<uuid:uid>/retry/", runs.run_retry, name="run-retry"),
    path("slices/<uuid:uid>/retry/", runs.slice_retry_now, name="slice-retry"),
    path("slices/<uuid:uid>/replay/", runs.slice_replay_now, name="slice-replay"),
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/new/", imports.ImportNew.as_view(), name="import-new"),
    path("imports/<uuid:uid>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:uid>/columns/", mapping.import_columns, name="import-columns"),
    path("imports/<uuid:uid>/errors/", imports.import_errors_export, name="import-errors"),
    path("imports/<uuid:uid>/rows/", results.import_rows, name="import-rows"),
    path("results/", results.ResultList.as_view(), name="results"),
    path("answers/<uuid:uid>/", results.raw_answer, name="raw-answer"),
]
