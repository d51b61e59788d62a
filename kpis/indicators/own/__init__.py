"""Metrics that our own apps and the register's records give, a module per giver. Importing the
package registers them, see `kpis.indicators.measured`."""

from kpis.indicators.measured import register_measured
from kpis.indicators.own.customers import customer_levels
from kpis.indicators.own.funds import fund_money
from kpis.indicators.own.leads import lead_cohorts
from kpis.indicators.own.orders import CODES, order_figures
from kpis.indicators.own.sources import source_ages
from kpis.indicators.own.staff import staff_levels
from kpis.indicators.own.tasks import tasks_by_deadline, tasks_left_overdue

register_measured("tasks_due", "tasks_done_on_time", provider=tasks_by_deadline)
register_measured("tasks_overdue", provider=tasks_left_overdue)
register_measured(
    "fund_limit",
    "fund_planned",
    "fund_spent",
    "operating_fund_limit",
    "operating_fund_spent",
    "head_fund_spent",
    "head_fund_documented",
    "annual_fund_added",
    "annual_fund_paid",
    provider=fund_money,
)
register_measured("headcount", provider=staff_levels)
register_measured("sources_connected", "sources_fresh", provider=source_ages)
register_measured(*CODES, provider=order_figures)
register_measured("customers_365", "customers_lost_365", provider=customer_levels)
register_measured("lead_cohort", "lead_cohort_orders", provider=lead_cohorts)
