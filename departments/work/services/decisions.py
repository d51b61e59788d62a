"""Raising a question to the head and answering it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.text import Localized, localize
from departments.work import policies
from departments.work.models import Decision
from departments.work.signals import decision_decided
from staff.accounts.access import require
from staff.accounts.models import Notification, Scope, User
from staff.accounts.rights import right
from staff.accounts.selectors import people_with
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.notifications import notify

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELDS = ("state", "decided_by", "comment")


def decision_raise(
    *,
    actor: User | None,
    scope: Scope,
    kind: str,
    title: StrOrPromise | Localized,
    url: str = "",
    key: str = "",
) -> Decision:
    """Put a question on the head's list; called by services inside their own transaction.

    With a ``key`` an open question of the same ``kind`` is returned instead of a second one.
    Whoever may decide on ``scope`` is told. The caller has checked the actor's right to ask.
    """
    if key and (known := _open_one(kind, key)):
        return known
    texts = title if isinstance(title, dict) else localize(title)
    decision = Decision(scope=scope, kind=kind, key=key, title=texts, url=url, raised_by=actor)
    try:
        with transaction.atomic():
            decision.save()
            audit(
                action="work.decision.raised",
                actor=actor,
                target=decision,
                scope=scope,
                after={"kind": kind, "title": decision.title_text},
            )
            deciders = people_with(right(policies.DECISION_DECIDE).roles, scope)
            notify(users=deciders, title=texts, url=reverse("work:decision-list"))
    except IntegrityError as error:
        if known := _open_one(kind, key):
            return known
        raise Conflict from error
    return decision


@transaction.atomic
def decision_decide(
    *, actor: User, decision: Decision, approve: bool, comment: str = ""
) -> Decision:
    """Answer. Declining needs a comment (`Invalid`); an answered question is a `Conflict`."""
    require(actor, policies.DECISION_DECIDE, decision.scope)
    if not approve and not comment.strip():
        message = _("Say why you decline.")
        raise Invalid(message, code="comment_required", fields={"comment": message})
    before = snapshot(decision, *FIELDS)
    answer = {
        "state": Decision.State.APPROVED if approve else Decision.State.DECLINED,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "comment": comment.strip()[:500],
    }
    if not Decision.objects.open().filter(pk=decision.pk).update(**answer):
        raise Conflict(_("This has been decided already."))
    decision.refresh_from_db()
    audit(
        action="work.decision.approved" if approve else "work.decision.declined",
        actor=actor,
        target=decision,
        scope=decision.scope,
        before=before,
        after=snapshot(decision, *FIELDS),
        reason=comment,
    )
    _tell_raiser(decision, approve=approve)
    decision_decided.send(sender=Decision, decision=decision)
    return decision


def _open_one(kind: str, key: str) -> Decision | None:
    found: Decision | None = Decision.objects.open().filter(kind=kind, key=key).first()
    return found


def _tell_raiser(decision: Decision, *, approve: bool) -> None:
    if decision.raised_by is None or decision.raised_by_id == decision.decided_by_id:
        return
    frame = localize(_("Approved: %(question)s") if approve else _("Declined: %(question)s"))
    question = {code: decision.title.get(code, decision.title_text) for code in frame}
    title = {code: text % {"question": question[code]} for code, text in frame.items()}
    notify(
        users=[decision.raised_by],
        title=title,
        body=decision.comment,
        url=decision.url,
        level=Notification.Level.INFO if approve else Notification.Level.WARNING,
    )
