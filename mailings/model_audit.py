"""What the model audit knows about direction C: C.T1 and C.I1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from departments.structure.audit_registry import Finding, State, register_probe
from mailings.models import Mailing

if TYPE_CHECKING:
    from departments.structure.models import Department


@register_probe
def mailings(department: Department) -> Mapping[str, Finding]:
    """C.T1: overdue when one is late, present when one was sent. C.I1: a service is in use when a
    sent mailing is linked to its page there."""
    states = Mailing.State
    counted = Mailing.objects.filter(direction__department=department).aggregate(
        known=Count("pk"),
        late=Count("pk", filter=Q(state=states.PLANNED, planned_at__lt=timezone.now())),
        last=Max("sent_at"),
        linked=Max("sent_at", filter=~Q(service_url="")),
    )
    page = reverse("mailings:mailing-list")
    if count := counted["late"]:
        words = ngettext("%(count)d mailing is late", "%(count)d mailings are late", count)
        sending = Finding(State.OVERDUE, words % {"count": count}, f"{page}?state=late")
    elif counted["last"]:
        sending = Finding(State.PRESENT, _last(counted["last"]), page)
    elif counted["known"]:
        sending = Finding(State.EMPTY, gettext("nothing was sent yet"), page)
    else:
        sending = Finding(State.MISSING, gettext("no mailing"), reverse("mailings:mailing-create"))
    if counted["linked"]:
        service = Finding(State.PRESENT, _last(counted["linked"]), page)
    else:
        service = Finding(State.MISSING, gettext("no mailing with a link to the service"), page)
    return {"C.T1": sending, "C.I1": service}


def _last(moment: dt.datetime) -> str:
    return gettext("last sent %(day)s") % {
        "day": date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
    }
