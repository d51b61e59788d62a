"""Addresses of the register."""

from django.urls import path

from kpis.register.views import (
    imports,
    mail_events,
    mapping,
    records,
    results,
    runs,
    source_forms,
    sources,
    streams,
    subjects,
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
    path("subjects/", subjects.SubjectList.as_view(), name="subject-list"),
    path("subjects/<uuid:uid>/", subjects.subject_detail, name="subject-detail"),
    path("subjects/<uuid:uid>/owner/", subjects.SubjectOwnerSet.as_view(), name="subject-owner"),
    path("subjects/<uuid:uid>/merge/", subjects.SubjectMerge.as_view(), name="subject-merge"),
    path("subjects/<uuid:uid>/part/", subjects.subject_part, name="subject-part"),
    path("enquiries/", records.EnquiryList.as_view(), name="enquiry-list"),
    path("enquiries/<int:stream>/", records.enquiry_detail, name="enquiry-detail"),
    path("orders/", records.OrderList.as_view(), name="order-list"),
    path("orders/<int:stream>/", records.order_detail, name="order-detail"),
    path("answers/<uuid:uid>/", results.raw_answer, name="raw-answer"),
]
