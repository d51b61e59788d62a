"""A person objects to a figure of their scorecard, the head answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import month_first
from config.lib.errors import Conflict, Forbidden, Invalid
from config.lib.text import filled
from departments.work.models import Decision
from departments.work.services.decisions import decision_raise
from departments.work.signals import decision_decided
from kpis.indicators.models import Kpi, KpiDispute, Scorecard
from staff.accounts.models import User
from staff.accounts.services.audit import audit
from staff.people.models import Employee

KIND = "indicators.kpi.dispute"
MAX_TEXT = 500


def dispute_key(dispute: KpiDispute) -> str:
    return str(dispute.uid)


@transaction.atomic
def dispute_raise(
    *, actor: User, employee: Employee, kpi: Kpi, month: dt.date, text: str, today: dt.date
) -> KpiDispute:
    """Ask the head to look at ``kpi`` in ``month``. Only the person themself may (Forbidden), only
    about a KPI of their scorecard in a month that has begun (Invalid), and one question at a time
    (Conflict)."""
    if employee.user_id != actor.pk:
        raise Forbidden
    scope, text = employee.department.scope, " ".join(text.split())
    if not text or len(text) > MAX_TEXT:
        raise Invalid(
            code="text_required",
            fields={"text": _("Say what is wrong, in at most 500 letters.")},
        )
    card = Scorecard.objects.filter(scope=scope, employee=employee).in_force(month).first()
    known = card is not None and card.lines.filter(kpi=kpi).exists()
    if not known or month > month_first(today):
        raise Invalid(_("This KPI is not on your scorecard in this month."), code="not_on_card")
    dispute = KpiDispute(employee=employee, kpi=kpi, month=month, text=text)
    try:
        with transaction.atomic():
            dispute.save()
    except IntegrityError as error:
        raise Conflict(_("You have asked already: wait for the answer."), code="open") from error
    title = filled(
        _("%(person)s disputes the KPI “%(kpi)s” of %(month)s: %(text)s"),
        person=employee,
        kpi=kpi,
        month=f"{month:%m.%Y}",
        text=text,
    )
    dispute.decision = decision_raise(
        actor=actor,
        scope=scope,
        kind=KIND,
        title=title,
        url=f"{reverse('indicators:person', args=[employee.uid])}?month={month:%Y-%m}",
        key=dispute_key(dispute),
    )
    dispute.save(update_fields=["decision"])
    audit(
        action="indicators.dispute.raised",
        target=dispute,
        actor=actor,
        scope=scope,
        after={"kpi": kpi.code, "month": month.isoformat(), "text": text},
    )
    return dispute


@receiver(decision_decided, dispatch_uid="kpi_dispute_answer")
def dispute_answered(sender: object, decision: Decision, **kwargs: Any) -> None:
    """The head's answer, in the transaction of the decision."""
    if decision.kind != KIND:
        return
    dispute = KpiDispute.objects.select_for_update().filter(decision=decision).first()
    if dispute is None or dispute.state != KpiDispute.State.OPEN:
        return
    accepted = decision.state == Decision.State.APPROVED
    dispute.state = KpiDispute.State.ACCEPTED if accepted else KpiDispute.State.DECLINED
    dispute.answer = decision.comment
    dispute.answered_at = timezone.now()
    dispute.save(update_fields=["state", "answer", "answered_at"])
    audit(
        action="indicators.dispute.answered",
        target=dispute,
        actor=decision.decided_by,
        scope=decision.scope,
        before={"state": KpiDispute.State.OPEN.value},
        after={"state": dispute.state, "answer": dispute.answer},
    )
