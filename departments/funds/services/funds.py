"""Changing the fund tree."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from departments.funds import policies
from departments.funds.models import Fund
from departments.funds.selectors import fund_row
from departments.structure.models import Department
from departments.work.clock import today_of
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AUDITED = ("name_ru", "name_en", "kind", "parent", "accrues")


class FundFields(TypedDict):
    """What a person may say about a fund; fields as in `Fund`."""

    name_ru: str
    name_en: str
    kind: str
    parent: Fund | None
    accrues: bool


def whole_lock(fund: Fund) -> Fund:
    """Lock the fund that ``fund`` is or lies in: everything that moves its money goes one by one.

    Returns ``fund`` as it stands now.
    """
    whole = Fund.objects.select_for_update(no_key=True).get(pk=fund.parent_id or fund.pk)
    fresh: Fund = Fund.objects.select_related("department__company", "parent").get(pk=fund.pk)
    if (fresh.parent_id or fresh.pk) != whole.pk:
        raise Conflict  # moved to another fund in between
    return fresh


@transaction.atomic
def fund_create(
    *, actor: User, department: Department, model_code: str = "", **fields: Unpack[FundFields]
) -> Fund:
    """A new fund, line or part. Raises `Invalid` for a place in the tree that cannot be."""
    require(actor, policies.FUND_MANAGE, department.scope)
    fund = Fund(department=department, model_code=model_code)
    _fill(fund, fields)
    fund.save()
    audit(
        action="funds.fund.created",
        actor=actor,
        target=fund,
        scope=department.scope,
        after=snapshot(fund, *AUDITED),
    )
    return fund


@transaction.atomic
def fund_edit(*, actor: User, fund: Fund, **fields: Unpack[FundFields]) -> Fund:
    """Rename or move a fund: a line may become a fund of its own. Its expenses go with it."""
    require(actor, policies.FUND_MANAGE, fund.department.scope)
    fund = whole_lock(fund)
    before = snapshot(fund, *AUDITED)
    was_in = fund.parent_id
    if (parent := fields["parent"]) is not None:
        Fund.objects.select_for_update(no_key=True).get(pk=parent.pk)
    _fill(fund, fields)
    fund.save()
    if fund.parent_id and fund.parent_id != was_in:
        _refuse_overdrawn(fund)
    audit(
        action="funds.fund.changed",
        actor=actor,
        target=fund,
        scope=fund.department.scope,
        before=before,
        after=snapshot(fund, *AUDITED),
    )
    return fund


@transaction.atomic
def fund_archive(*, actor: User, fund: Fund) -> Fund:
    """Take a fund out of use; its figures stay. Raises `Conflict` while it has parts in use."""
    require(actor, policies.FUND_MANAGE, fund.department.scope)
    fund = whole_lock(fund)
    if fund.parts.filter(archived_at=None).exists():
        raise Conflict(_("Archive the parts of the fund first."), code="has_parts")
    now = timezone.now()
    if not Fund.objects.filter(pk=fund.pk, archived_at=None).update(archived_at=now):
        raise Conflict
    audit(
        action="funds.fund.archived",
        actor=actor,
        target=fund,
        scope=fund.department.scope,
        after={"archived_at": now},
    )
    return fund


def _fill(fund: Fund, fields: FundFields) -> None:
    parent = fields["parent"]
    for name, value in fields.items():
        setattr(fund, name, value)
    full_clean(fund)
    if parent is None:
        return
    if parent.department_id != fund.department_id or parent.kind != Fund.Kind.FUND:
        raise _misplaced(_("Choose a fund of the same department."))
    if fund.pk and fund.parts.exists():
        raise _misplaced(_("A fund that has parts cannot lie inside another."))
    others = parent.parts.filter(archived_at=None).exclude(pk=fund.pk)
    if others.exclude(kind=fund.kind).exists():
        raise _misplaced(_("A fund has either expense lines or parts, not both."))


def _refuse_overdrawn(fund: Fund) -> None:
    """The fund a line is moved to must be able to pay what the line has spent this year."""
    year = today_of(fund.department).year
    for month in range(1, 13):
        rest = fund_row(fund, dt.date(year, month, 1)).available
        if rest is not None and rest < 0:
            raise _misplaced(_("That fund has not enough money for what is spent here already."))


def _misplaced(message: StrOrPromise) -> Invalid:
    return Invalid(message, code="misplaced", fields={"parent": message})
