from kpis.indicators.models.kpi import Kpi, KpiVersion
from kpis.indicators.models.report import MonthlyReport
from kpis.indicators.models.target import Target

__all__ = ["Kpi", "KpiVersion", "MonthlyReport", "Target"]
