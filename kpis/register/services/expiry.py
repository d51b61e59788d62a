"""Secrets that run out are announced before they do."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import AppError
from config.lib.text import filled
from kpis.register.models import Source
from kpis.register.registry import connectors
from kpis.register.services.connecting import connect
from staff.accounts.rights import Role
from staff.accounts.selectors import people_with
from staff.accounts.services.notifications import notify

logger = logging.getLogger(__name__)
# Long enough to ask whoever can give a new one.
NOTICE = dt.timedelta(days=14)


def secrets_watch() -> int:
    """Look at every active source's secret; tell owners and heads of those that run out within
    `NOTICE`. Returns how many were told of. Runs once a day; asks no vendor."""
    told = 0
    for source in Source.objects.filter(is_active=True, kind__in=connectors()):
        ends = expires_on(source)
        if ends != source.secret_expires_on:
            Source.objects.filter(pk=source.pk).update(secret_expires_on=ends)
        if ends is not None and ends - timezone.localdate() <= NOTICE:
            _tell(source, ends)
            told += 1
    return told


def expires_on(source: Source) -> dt.date | None:
    """The first day the source's secret no longer works; None when it does not say."""
    try:
        with closing(connect(source)) as connector:
            ends = getattr(connector, "expires_on", None)
            found: dt.date | None = ends() if ends is not None else None
            return found
    except AppError:
        # The reading itself says on the source that the secret cannot be read.
        logger.warning("the secret of %s cannot be read", source)
        return None


def _tell(source: Source, ends: dt.date) -> None:
    people = {user.pk: user for user in people_with(frozenset({Role.HEAD}), source.scope)}
    if source.owner is not None and source.owner.is_active:
        people[source.owner.pk] = source.owner
    notify(
        users=people.values(),
        title=filled(_("The access of “%(name)s” runs out"), name=source.name),
        body=filled(
            _("From %(day)s the source will not let us in: enter a new secret before."),
            day=ends.isoformat(),
        ),
        url=source.get_absolute_url(),
        level="warning",
        key=f"secret-expiry-{source.pk}-{ends.isoformat()}",
    )
