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
SCORECARD_VIEW = declare(
    "indicators.scorecard.view", _("See other people's scorecards"), *MANAGERS, *READERS
)
SCORECARD_OWN = declare("indicators.scorecard.own", _("See one's own KPIs"), *EVERYONE)
SCORECARD_MANAGE = declare(
    "indicators.scorecard.manage", _("Make scorecards and bonus norms"), Role.HEAD
)
KPI_MANAGE = declare("indicators.kpi.manage", _("Define KPIs and change their formulas"), Role.HEAD)
ANNOTATION_WRITE = declare(
    "indicators.annotation.write", _("Write notes on days of the figures"), *MANAGERS
)
ALERT_VIEW = declare("indicators.alert.view", _("See alerts"), *EVERYONE)
ALERT_ANSWER = declare("indicators.alert.answer", _("Acknowledge and put off alerts"), *MANAGERS)
ALERT_MANAGE = declare(
    "indicators.alert.manage", _("Set up what alerts are given about"), *MANAGERS
)
REPORT_REOPEN = declare(
    "indicators.report.reopen", _("Open an approved report again"), Role.DIRECTOR
)
ATTRIBUTION_VIEW = declare(
    "indicators.attribution.view", _("See where orders came from"), *MANAGERS, *READERS
)
ATTRIBUTION_MANAGE = declare(
    "indicators.attribution.manage", _("Set how orders are given to channels"), Role.HEAD
)
