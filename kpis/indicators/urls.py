"""Addresses under /kpis/."""

from django.urls import path

from kpis.indicators.views import dashboard, kpis, report, targets

app_name = "indicators"

urlpatterns = [
    path("", kpis.kpi_list, name="kpi-list"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("kpi/<slug:code>/", kpis.kpi_page, name="kpi-detail"),
    path("rows/<slug:metric>/", kpis.KpiRows.as_view(), name="rows"),
    path("targets/", targets.targets, name="targets"),
    path("targets/copy/", targets.targets_copy, name="targets-copy"),
    path("targets/<slug:code>/<int:year>-<int:month>/", targets.target_edit, name="target-edit"),
    path("report/", report.report, name="report"),
    path("report/<int:year>-<int:month>/", report.report_month, name="report-month"),
    path(
        "report/<int:year>-<int:month>/verdict/",
        report.ReportVerdict.as_view(),
        name="report-verdict",
    ),
    path("report/<int:year>-<int:month>/approve/", report.approve, name="report-approve"),
]
