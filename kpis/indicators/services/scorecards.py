"""Making scorecards: a new version replaces the old one from an open month on, with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.dates import month_first
from config.lib.errors import Conflict, Invalid
from config.lib.text import filled
from kpis.indicators import policies
from kpis.indicators.engine.scorecard import WHOLE
from kpis.indicators.models import Kpi, Scorecard, ScorecardLine
from kpis.indicators.selectors.targets import closed_months
from kpis.register.models import Subject
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit
from staff.accounts.services.notifications import notify
from staff.people.models import Employee

LEAST_OF_PERSON, MOST_OF_PERSON = 3, 7
MOST = 30
MAX_CAP = Decimal(2)
MAX_NORM = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as somebody asks for it; the fields are those of `ScorecardLine`."""

    kpi: Kpi
    weight: int
    measured_by: str = ScorecardLine.By.SUBJECTS
    threshold: Decimal = Decimal("0.7")
    cap: Decimal = Decimal("1.2")

    @property
    def key(self) -> tuple[int, int, str, Decimal, Decimal]:
        """What a line says, for telling a change."""
        return (
            self.kpi.pk,
            self.weight,
            str(self.measured_by),
            self.threshold.normalize(),
            self.cap.normalize(),
        )


@transaction.atomic
def scorecard_set(
    *,
    actor: User,
    scope: Scope,
    valid_from: dt.date,
    lines: Sequence[Draft],
    today: dt.date,
    employee: Employee | None = None,
    subject: Subject | None = None,
    bonus_norm: Decimal | None = None,
    reason: str = "",
) -> Scorecard:
    """The scorecard of ``employee``, of the campaign ``subject`` or, without either, of the
    department or direction of ``scope``, from the month ``valid_from`` (its first day) on.

    The same again adds nothing. Raises Invalid for lines that make no scorecard, a holder outside
    ``scope`` and a change without a reason; Conflict for a month that is over or closed.
    """
    require(actor, policies.SCORECARD_MANAGE, scope)
    _check_holder(scope, employee, subject)
    _check_lines(lines, of_person=employee is not None)
    _check_norm(bonus_norm, employee)
    # Two people at once: the second sees the first one's version.
    Scope.objects.select_for_update().get(pk=scope.pk)
    _check_month(scope, valid_from, today)
    mine = Scorecard.objects.filter(scope=scope, employee=employee, subject=subject)
    old: Scorecard | None = (
        mine.filter(valid_from__lte=valid_from).order_by("-valid_from", "-version").first()
    )
    if old is not None and _same(old, lines, bonus_norm):
        return old
    newest = mine.order_by("-version").first()
    reason = reason.strip()
    if newest is not None and not reason:
        raise Invalid(
            code="reason_required",
            fields={"reason": _("Say why the scorecard changes: the person sees it.")},
        )
    card = Scorecard.objects.create(
        scope=scope,
        employee=employee,
        subject=subject,
        valid_from=valid_from,
        version=newest.version + 1 if newest else 1,
        bonus_norm=bonus_norm,
        author=actor,
        reason=reason if newest else "",
    )
    ScorecardLine.objects.bulk_create(
        ScorecardLine(
            scorecard=card,
            kpi=line.kpi,
            weight=line.weight,
            measured_by=line.measured_by,
            threshold=line.threshold,
            cap=line.cap,
            position=position,
        )
        for position, line in enumerate(lines)
    )
    audit(
        action="indicators.scorecard.set",
        target=card,
        actor=actor,
        scope=scope,
        before=_shape(old),
        after=_shape(card),
        reason=reason,
    )
    if employee is not None and employee.user is not None and employee.user_id != actor.pk:
        notify(
            users=[employee.user],
            title=filled(_("Your scorecard from %(month)s on"), month=f"{valid_from:%m.%Y}"),
            body=card.reason,
            url=reverse("indicators:my-kpis"),
            key=f"scorecard-{card.uid}",
        )
    return card


def _check_holder(scope: Scope, employee: Employee | None, subject: Subject | None) -> None:
    if employee is not None and subject is not None:
        raise Invalid(_("A scorecard belongs to a person or to a campaign."), code="two_holders")
    if employee is not None and employee.department.scope_id != scope.pk:
        raise Invalid(_("The person works in another department."), code="other_department")
    if subject is not None:
        if subject.kind != Subject.Kind.CAMPAIGN:
            raise Invalid(_("Only a campaign has a scorecard."), code="not_a_campaign")
        if not (
            subject.scope.path.startswith(scope.path) or scope.path.startswith(subject.scope.path)
        ):
            raise Invalid(_("The campaign belongs elsewhere."), code="other_department")


def _check_lines(lines: Sequence[Draft], *, of_person: bool) -> None:
    if of_person and not LEAST_OF_PERSON <= len(lines) <= MOST_OF_PERSON:
        raise Invalid(
            _("A person's scorecard has from three to seven KPIs."), code="number_of_kpis"
        )
    if not 1 <= len(lines) <= MOST:
        raise Invalid(_("Choose at least one KPI, at most thirty."), code="number_of_kpis")
    if len({line.kpi.pk for line in lines}) != len(lines):
        raise Invalid(_("A KPI stands on a scorecard once."), code="kpi_twice")
    for line in lines:
        if line.kpi.is_informational:
            text = filled(
                _("“%(kpi)s” is informational: it is shown, never weighed."), kpi=line.kpi
            )
            raise Invalid(text, code="kpi_informational")
        if line.kpi.is_archived:
            raise Invalid(filled(_("“%(kpi)s” is archived."), kpi=line.kpi), code="kpi_archived")
        if not 0 <= line.threshold <= line.cap <= MAX_CAP:
            raise Invalid(
                _("The threshold is not above the cap, the cap at most 200 %."),
                code="threshold_above_cap",
            )
    if any(line.weight < 1 for line in lines) or sum(line.weight for line in lines) != WHOLE:
        raise Invalid(_("The weights together are exactly 100 %."), code="weights_not_whole")


def _check_norm(norm: Decimal | None, employee: Employee | None) -> None:
    if norm is None:
        return
    if employee is None:
        raise Invalid(_("Only a person has a bonus norm."), code="norm_without_person")
    if not 0 <= norm < MAX_NORM or norm != norm.quantize(Decimal("0.01")):
        raise Invalid(
            code="norm_invalid",
            fields={"bonus_norm": _("A sum that is not negative, to a kopeck.")},
        )


def _check_month(scope: Scope, valid_from: dt.date, today: dt.date) -> None:
    if valid_from.day != 1:
        raise Invalid(_("A scorecard is valid from the first day of a month."), code="not_a_month")
    if valid_from < month_first(today):
        raise Conflict(_("The month is over: choose this one or a later one."), code="month_over")
    if closed_months(scope=scope, months=[valid_from]):
        raise Conflict(_("The month is closed: choose a later one."), code="month_closed")


def _same(old: Scorecard, lines: Sequence[Draft], norm: Decimal | None) -> bool:
    drafts = [
        Draft(line.kpi, line.weight, line.measured_by, line.threshold, line.cap)
        for line in old.lines.select_related("kpi")
    ]
    return old.bonus_norm == norm and [d.key for d in drafts] == [d.key for d in lines]


def _shape(card: Scorecard | None) -> dict[str, object]:
    """A version as the trail keeps it."""
    if card is None:
        return {}
    weights = {line.kpi.code: line.weight for line in card.lines.select_related("kpi")}
    return {
        "valid_from": card.valid_from.isoformat(),
        "weights": weights,
        "bonus_norm": None if card.bonus_norm is None else str(card.bonus_norm),
    }
