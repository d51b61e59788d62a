"""Letters about alerts: sent by a worker, each failure kept to be shown."""

from __future__ import annotations

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy

from config.lib.text import localize
from kpis.indicators.models import AlertMail
from kpis.indicators.services.alerts import ALERTS_URL

logger = logging.getLogger(__name__)
AGAIN_AFTER = dt.timedelta(minutes=10)
AT_ONCE = 200


def alert_mails_send() -> int:
    """Send what waits, and what failed a while ago and not too often. Returns how many went out.
    Several workers never send one letter twice: each row is locked while it is sent."""
    sent = 0
    for pk in _due().values_list("pk", flat=True)[:AT_ONCE]:
        sent += _send(pk)
    return sent


def _due() -> QuerySet[AlertMail]:
    waiting = Q(state=AlertMail.State.WAITING)
    again = Q(
        state=AlertMail.State.FAILED,
        tries__lt=AlertMail.MOST_TRIES,
        changed_at__lte=timezone.now() - AGAIN_AFTER,
    )
    return AlertMail.objects.filter(waiting | again).order_by("pk")


@transaction.atomic
def _send(pk: int) -> bool:
    rows = _due().select_for_update(skip_locked=True, of=("self",))
    mail = rows.select_related("user", "event__rule__kpi").filter(pk=pk).first()
    if mail is None:
        return False  # another worker has it
    mail.tries += 1
    try:
        _post(mail)
    except (SMTPException, OSError) as error:
        logger.warning("letter %s about an alert: %s", mail.pk, error)
        mail.state = AlertMail.State.FAILED
        mail.error = localize(
            gettext_lazy("The mail server did not take the letter (%(kind)s)."),
            {"kind": type(error).__name__},
        )
    else:
        mail.state, mail.error = AlertMail.State.SENT, {}
    mail.save()
    return mail.state == AlertMail.State.SENT


def _post(mail: AlertMail) -> None:
    """In the reader's language."""
    with translation.override(mail.user.language or settings.LANGUAGE_CODE):
        words = mail.event.words
        body = "\n\n".join([words, gettext("Answer it here:"), f"{settings.SITE_URL}{ALERTS_URL}"])
        subject = gettext("Alert: %(text)s") % {"text": words}
        send_mail(" ".join(subject.split())[:200], body, None, [mail.user.email])
