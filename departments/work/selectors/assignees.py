"""Who can carry out tasks in a scope."""

from __future__ import annotations

from django.db.models import QuerySet

from departments.work import policies
from staff.accounts.models import Scope, User
from staff.accounts.rights import right
from staff.accounts.selectors import people_with


def assignees(scope: Scope) -> QuerySet[User]:
    return people_with(right(policies.TASK_DO).roles, scope).order_by("full_name")
