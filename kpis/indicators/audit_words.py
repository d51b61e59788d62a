"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from kpis.indicators.models import MonthlyReport, Target
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "indicators.target.set": _("Target set"),
        "indicators.report.written": _("Verdict of the month written"),
        "indicators.report.approved": _("Monthly report approved"),
    }
)
link_targets({Target: "", MonthlyReport: ""})
