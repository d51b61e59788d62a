from kpis.indicators.models.alert import AlertEvent, AlertMail, AlertRule
from kpis.indicators.models.annotation import Annotation
from kpis.indicators.models.attribution import (
    AttributionJob,
    AttributionRule,
    ChannelRule,
    OrderCredit,
    OrderOverride,
    PublicCode,
)
from kpis.indicators.models.closing import ClosedFigure, Correction, ReportEdition
from kpis.indicators.models.delivery import ReportDelivery, ReportSchedule
from kpis.indicators.models.kpi import Kpi, KpiVersion
from kpis.indicators.models.report import MonthlyReport
from kpis.indicators.models.scorecard import KpiDispute, Scorecard, ScorecardLine
from kpis.indicators.models.target import Target

__all__ = [
    "AlertEvent",
    "AlertMail",
    "AlertRule",
    "Annotation",
    "AttributionJob",
    "AttributionRule",
    "ChannelRule",
    "ClosedFigure",
    "Correction",
    "Kpi",
    "KpiDispute",
    "KpiVersion",
    "MonthlyReport",
    "OrderCredit",
    "OrderOverride",
    "PublicCode",
    "ReportDelivery",
    "ReportEdition",
    "ReportSchedule",
    "Scorecard",
    "ScorecardLine",
    "Target",
]
