"""Rights over KPIs, targets, the dashboard and the monthly report."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, MANAGERS, READERS, Role, declare

KPI_VIEW = declare("indicators.kpi.view", _("See KPIs and what they are made of"), *EVERYONE)
DASHBOARD_VIEW = declare(
    "indicators.dashboard.view", _("See the department's dashboard"), *MANAGERS, *READERS
)
TARGET_VIEW = declare("indicators.target.view", _("See targets"), *MANAGERS, *READERS)
TARGET_MANAGE = declare("indicators.target.manage", _("Set targets"), Role.HEAD)
REPORT_VIEW = declare("indicators.report.view", _("Read the monthly report"), Role.HEAD, *READERS)
REPORT_WRITE = declare(
    "indicators.report.write", _("Write and approve the monthly report"), Role.HEAD
)
