"""Sending approved reports: schedules, letters due, letters sent, letters that failed."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.dates import add_months, month_first
from config.lib.errors import Conflict, Invalid
from config.lib.export import XLSX_TYPE
from config.lib.text import filled
from departments.structure.models import Department
from departments.work.clock import date_of, moment
from kpis.indicators import policies
from kpis.indicators.exports import report_xlsx
from kpis.indicators.models import ReportDelivery, ReportEdition, ReportSchedule
from kpis.indicators.paper.pdf import report_pdf
from kpis.indicators.selectors.editions import edition_of, sheet_kept
from kpis.indicators.sheet_words import percent_or_dash, sheet_about, sheet_title, verdict_lines
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
FIRST_PAUSE = dt.timedelta(minutes=10)
BATCH = 50
FIELDS = ("day", "hour", "with_pdf", "with_xlsx", "is_active")


@dataclass(frozen=True, slots=True)
class Sending:
    """When and as what a report goes out; ``recipients`` are told of every approved month."""

    day: int
    hour: int
    recipients: Collection[User]
    with_pdf: bool = True
    with_xlsx: bool = False
    is_active: bool = True


@transaction.atomic
def schedule_save(
    *, actor: User, scope: Scope, sending: Sending, schedule: ReportSchedule | None = None
) -> ReportSchedule:
    """Make or change a schedule. Raises Invalid without recipients, for one who may not read the
    report, and for a day or hour that some month does not have."""
    require(actor, policies.REPORT_WRITE, scope)
    if not 1 <= sending.day <= 28:
        raise Invalid(fields={"day": gettext_lazy("A day from 1 to 28: every month has it.")})
    if not 0 <= sending.hour <= 23:
        raise Invalid(fields={"hour": gettext_lazy("An hour from 0 to 23.")})
    if not sending.recipients:
        raise Invalid(
            code="recipients_missing", fields={"recipients": gettext_lazy("Choose who gets it.")}
        )
    for person in sending.recipients:
        if not person.can(policies.REPORT_VIEW, scope):
            text = filled(gettext_lazy("%(who)s may not read this report."), who=person)
            raise Invalid(code="recipient_may_not_read", fields={"recipients": text})
    before = {}
    if schedule is None:
        schedule = ReportSchedule(scope=scope, author=actor)
    else:
        schedule = ReportSchedule.objects.select_for_update().get(pk=schedule.pk)
        require(actor, policies.REPORT_WRITE, schedule.scope)
        before = _snapshot(schedule)
    for name in FIELDS:
        setattr(schedule, name, getattr(sending, name))
    schedule.save()
    schedule.recipients.set(sending.recipients)
    audit(
        action="indicators.schedule.saved",
        target=schedule,
        actor=actor,
        scope=scope,
        before=before,
        after=_snapshot(schedule),
    )
    return schedule


def _snapshot(schedule: ReportSchedule) -> dict[str, object]:
    people = ", ".join(sorted(str(person) for person in schedule.recipients.all()))
    return {name: getattr(schedule, name) for name in FIELDS} | {"recipients": people}


def deliveries_plan(*, now: dt.datetime) -> int:
    """Letters of every schedule whose time has come and whose report is approved, one to each
    recipient. A month that was due before the schedule was made is not sent by itself. Safe to
    repeat; returns how many letters are new."""
    made = 0
    for schedule in ReportSchedule.objects.filter(is_active=True).select_related("scope"):
        department = Department.objects.select_related("company").get(scope=schedule.scope)
        this_month = month_first(date_of(department, now))
        due = moment(department, this_month.replace(day=schedule.day), dt.time(schedule.hour))
        if due > now or due < schedule.created_at:
            continue
        edition = edition_of(scope=schedule.scope, month=add_months(this_month, -1))
        if edition is not None:
            made += _plan(schedule, edition, now)
    return made


def _plan(schedule: ReportSchedule, edition: ReportEdition, now: dt.datetime) -> int:
    readers = [
        person
        for person in schedule.recipients.filter(is_active=True)
        if person.can(policies.REPORT_VIEW, schedule.scope)
    ]
    known = set(
        ReportDelivery.objects.filter(schedule=schedule, edition=edition).values_list(
            "user", flat=True
        )
    )
    rows = [
        ReportDelivery(schedule=schedule, edition=edition, user=person, next_at=now)
        for person in readers
        if person.pk not in known
    ]
    # Two sweeps at once: the constraint lets one of them win.
    ReportDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def deliveries_sweep(*, now: dt.datetime | None = None) -> int:
    """Plan what is due and send what waits. Returns how many letters were sent."""
    now = now or timezone.now()
    deliveries_plan(now=now)
    waiting = ReportDelivery.objects.exclude(state=ReportDelivery.State.SENT).filter(
        next_at__lte=now, attempts__lt=MOST_ATTEMPTS
    )
    ids = list(waiting.order_by("next_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(delivery_send(delivery_id=pk, now=now) for pk in ids)


@transaction.atomic
def delivery_send(*, delivery_id: int, now: dt.datetime) -> bool:
    """Send one letter; False when it was refused (the answer is kept, tried again later) or another
    worker has it."""
    row = (
        ReportDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("schedule__scope", "edition__report", "edition__approved_by", "user")
        .filter(pk=delivery_id)
        .exclude(state=ReportDelivery.State.SENT)
        .first()
    )
    if row is None:
        return False
    row.attempts += 1
    try:
        letter(row).send()
    except (OSError, smtplib.SMTPException) as error:
        row.state, row.error = ReportDelivery.State.FAILED, str(error)[:2000] or repr(error)
        row.next_at = now + FIRST_PAUSE * 2 ** (row.attempts - 1)
        logger.warning("report %s was not sent: %s", row.uid, error)
    else:
        row.state, row.error, row.sent_at = ReportDelivery.State.SENT, "", now
    row.save()
    return row.state == ReportDelivery.State.SENT


@transaction.atomic
def delivery_again(*, actor: User, delivery: ReportDelivery) -> ReportDelivery:
    """Send a letter once more, at the next sweep. Raises Conflict while it waits anyway."""
    row = (
        ReportDelivery.objects.select_for_update(of=("self",))
        .select_related("schedule__scope")
        .get(pk=delivery.pk)
    )
    require(actor, policies.REPORT_WRITE, row.schedule.scope)
    if row.state == ReportDelivery.State.WAITING:
        raise Conflict(gettext_lazy("The letter is waiting to be sent."), code="delivery_waits")
    before = row.state
    row.state, row.attempts, row.next_at = ReportDelivery.State.WAITING, 0, timezone.now()
    row.error = ""
    row.save()
    audit(
        action="indicators.delivery.again",
        target=row,
        actor=actor,
        scope=row.schedule.scope,
        before={"state": before},
        after={"state": row.state},
    )
    return row


def letter(row: ReportDelivery) -> EmailMultiAlternatives:
    """What was approved, in the reader's language, with the files the schedule asks for."""
    sheet = sheet_kept(row.edition)
    month = row.edition.report.month
    with translation.override(row.user.language or settings.LANGUAGE_CODE):
        page = reverse("indicators:report-month", args=[month.year, month.month])
        context = {
            "title": sheet_title(sheet),
            "about": sheet_about(sheet),
            "total": percent_or_dash(sheet.head.total),
            "verdict": verdict_lines(sheet),
            "url": f"{settings.SITE_URL}{page}",
        }
        message = EmailMultiAlternatives(
            subject=_("Monthly report: %(title)s") % {"title": context["title"]},
            body=render_to_string("indicators/email/report.txt", context),
            to=[row.user.email],
        )
        message.attach_alternative(
            render_to_string("indicators/email/report.html", context), "text/html"
        )
        name = f"report-{month:%Y-%m}"
        if row.schedule.with_pdf:
            message.attach(f"{name}.pdf", report_pdf(sheet), "application/pdf")
        if row.schedule.with_xlsx:
            message.attach(f"{name}.xlsx", report_xlsx(sheet), XLSX_TYPE)
    return message
