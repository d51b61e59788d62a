"""First steps of a new department: what to do, where, and whether it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from departments.structure.models import Department
from departments.work import policies as work_policies
from departments.work.models import Occurrence
from departments.work.models.occurrence import Status
from kpis.indicators import policies
from kpis.register import policies as register_policies
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """``url`` is "" for those who may not do it and where the page is not switched on."""

    title: StrOrPromise
    text: StrOrPromise
    url: str
    done: bool


def first_steps(
    *, user: User, department: Department, has_source: bool, has_target: bool
) -> tuple[Step, ...]:
    """Connect a source → set targets → open My day. One query."""
    scope = department.scope
    worked = (
        Occurrence.objects.filter(task__department=department).exclude(status=Status.NEW).exists()
    )
    return (
        Step(
            _("Connect a source"),
            _("The site's counter or a file with orders: figures come from there."),
            _page("register:source-list", user.can(register_policies.SOURCE_MANAGE, scope)),
            has_source,
        ),
        Step(
            _("Set targets"),
            _("What every KPI should reach this month: the fact is compared with it."),
            _page("indicators:targets", user.can(policies.TARGET_MANAGE, scope)),
            has_target,
        ),
        Step(
            _("Open My day"),
            _("Today's operational tasks: start, log, finish. You see the team here at once."),
            _page("work:my-day", user.can(work_policies.TASK_DO, scope)),
            worked,
        ),
    )


def _page(name: str, allowed: bool) -> str:
    if not allowed:
        return ""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""  # the page's app is not switched on
