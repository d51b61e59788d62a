"""What is agreed about a stream of a source."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from kpis.register import policies
from kpis.register.models import Stream
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit

LONGEST_HOURS = 400 * 24


@transaction.atomic
def stream_agree(*, actor: User, stream: Stream, hours: int) -> None:
    """Figures of the stream older than ``hours`` are late from now on. Does nothing when that was
    agreed already."""
    source = stream.source
    require(actor, policies.SOURCE_MANAGE, source.scope)
    if not 1 <= hours <= LONGEST_HOURS:
        text = _("From one hour to 400 days.")
        raise Invalid(text, fields={"hours": text})
    locked = Stream.objects.select_for_update().get(pk=stream.pk)
    before = locked.agreed_hours
    if before == hours:
        return
    locked.agreed_hours = hours
    locked.save(update_fields=["agreed_hours"])
    audit(
        action="register.stream.agreed",
        actor=actor,
        target=source,
        scope=source.scope,
        before={"stream": locked.name, "agreed_hours": before},
        after={"stream": locked.name, "agreed_hours": hours},
    )
