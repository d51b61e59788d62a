"""The audit trail: what is kept, what is masked, what can never be changed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from config.lib import context
from config.lib.crypto import MASK
from staff.accounts.models import AuditEvent, User
from staff.accounts.services.audit import audit


def test_an_event_cannot_be_changed(head: User) -> None:
    event = audit(action="test.row.changed", actor=head)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(reason="another")
    event.refresh_from_db()
    assert event.reason == ""


def test_an_event_cannot_be_deleted(head: User) -> None:
    event = audit(action="test.row.changed", actor=head)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_only_what_changed_is_kept_and_secrets_are_masked(head: User) -> None:
    event = audit(
        action="test.row.changed",
        actor=head,
        before={"name": "old", "same": 1, "api_token": "abc"},
        after={"name": "new", "same": 1, "api_token": "def"},
    )
    assert event.before == {"name": "old", "api_token": MASK}
    assert event.after == {"name": "new", "api_token": MASK}


@pytest.mark.parametrize("origin", ["web", "worker", "command"])
def test_the_origin_is_that_of_the_running_action(db: None, origin: context.Origin) -> None:
    with context.acting(origin, "somewhere") as request_id:
        event = audit(action="test.row.changed")
    assert (event.origin, event.where, event.actor_label) == (origin, "somewhere", "somewhere")
    assert event.request_id == request_id
