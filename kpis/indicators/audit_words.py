"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from kpis.indicators.models import (
    AlertEvent,
    AlertRule,
    Annotation,
    AttributionRule,
    ChannelRule,
    Kpi,
    KpiDispute,
    MonthlyReport,
    OrderOverride,
    PublicCode,
    ReportDelivery,
    ReportSchedule,
    Scorecard,
    Target,
)
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "indicators.target.set": _("Target set"),
        "indicators.target.season": _("A year's target split over its months"),
        "indicators.scorecard.set": _("Scorecard set"),
        "indicators.dispute.raised": _("KPI disputed"),
        "indicators.dispute.answered": _("Dispute of a KPI answered"),
        "indicators.report.written": _("Verdict of the month written"),
        "indicators.report.approved": _("Monthly report approved"),
        "indicators.kpi.created": _("KPI created"),
        "indicators.kpi.changed": _("KPI changed"),
        "indicators.kpi.formula": _("Formula of a KPI changed"),
        "indicators.kpi.archived": _("KPI archived"),
        "indicators.kpi.restored": _("KPI restored"),
        "indicators.kpi.deleted": _("KPI deleted"),
        "indicators.annotation.added": _("Note added"),
        "indicators.annotation.changed": _("Note changed"),
        "indicators.annotation.deleted": _("Note deleted"),
        "indicators.alert_rule.created": _("Alert rule created"),
        "indicators.alert_rule.changed": _("Alert rule changed"),
        "indicators.alert_rule.deleted": _("Alert rule deleted"),
        "indicators.alert.acknowledged": _("Alert acknowledged"),
        "indicators.alert.snoozed": _("Alert put off"),
        "indicators.report.reopened": _("Monthly report opened again"),
        "indicators.schedule.saved": _("Sending of reports set"),
        "indicators.delivery.again": _("Report sent again"),
        "indicators.attribution.rule": _("Rule of attribution changed"),
        "indicators.channel.saved": _("Rule of a channel saved"),
        "indicators.channel.deleted": _("Rule of a channel deleted"),
        "indicators.code.saved": _("Public code judged"),
        "indicators.code.suspected": _("Code found to be public"),
        "indicators.order.overridden": _("Source of an order changed by hand"),
    }
)
link_targets(
    {
        Target: "",
        MonthlyReport: "",
        Kpi: "",
        Annotation: "indicators:annotation-edit",
        AlertRule: "indicators:alert-rule-edit",
        AlertEvent: "",
        Scorecard: "",
        KpiDispute: "",
        ReportSchedule: "",
        ReportDelivery: "",
        AttributionRule: "",
        OrderOverride: "",
        ChannelRule: "indicators:channel-edit",
        PublicCode: "indicators:code-edit",
    }
)
