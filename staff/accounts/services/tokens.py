"""API tokens: made for oneself, shown once, revoked, and recognised when they call."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts import policies
from staff.accounts.models import ApiScope, ApiToken, User
from staff.accounts.selectors import users_visible_to
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.users import scope_of

MOST = 50
WORD = "modus"
WRITTEN = re.compile(rf"{WORD}_[0-9a-f]{{8}}_[0-9a-f]{{64}}")
# How exact ``used_at`` is: a row is not written at every call.
USED_EVERY = dt.timedelta(minutes=1)


@transaction.atomic
def token_make(
    *, actor: User, name: str, scopes: Sequence[str], expires_at: dt.datetime | None = None
) -> tuple[ApiToken, str]:
    """A token that acts for ``actor``, and its text, which nobody can read again.

    Raises `Invalid` for no or unknown scopes, an end that has passed, a name already in use, and
    when the person has `MOST` usable ones.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    known = [scope for scope in ApiScope.values if scope in scopes]
    if not known or set(scopes) - set(known):
        raise Invalid(fields={"scopes": _("Choose what the token may be used for.")})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(fields={"expires_at": _("The end has passed.")})
    own = ApiToken.objects.usable().filter(user=actor)
    if own.filter(name=name.strip()).exists():
        raise Invalid(fields={"name": _("You already have a token with this name.")})
    if own.count() >= MOST:
        raise Invalid(_("You have too many tokens: revoke those you no longer use."))
    prefix = f"{WORD}_{secrets.token_hex(4)}"
    secret = secrets.token_hex(32)
    token = ApiToken(
        user=actor,
        name=name.strip(),
        prefix=prefix,
        digest=digest_of(secret),
        scopes=known,
        expires_at=expires_at,
    )
    full_clean(token)
    token.save()
    audit(
        action="accounts.token.made",
        actor=actor,
        target=token,
        scope=scope_of(actor),
        after=snapshot(token, "name", "scopes", "expires_at"),
    )
    return token, f"{prefix}_{secret}"


@transaction.atomic
def token_revoke(*, actor: User, token: ApiToken) -> None:
    """End a token now; by its person or by whoever manages tokens there.

    Raises `Forbidden`, and `Conflict` for one that was revoked already.
    """
    if token.user_id != actor.pk and not may_manage(actor, token.user):
        raise Forbidden
    now = timezone.now()
    still = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
    if not still.update(revoked_at=now, revoked_by=actor):
        raise Conflict(_("The token was revoked already."))
    audit(
        action="accounts.token.revoked",
        actor=actor,
        target=token,
        scope=scope_of(token.user),
        after={"revoked_at": now},
    )


def may_manage(actor: User, person: User) -> bool:
    """Whether ``actor`` sees and ends the tokens of ``person``."""
    return (
        actor.can(policies.TOKEN_MANAGE)
        and users_visible_to(actor, policies.TOKEN_MANAGE).filter(pk=person.pk).exists()
    )


def token_find(text: str) -> ApiToken | None:
    """The token that ``text`` is, a revoked one too; None for any other text. One query."""
    if not WRITTEN.fullmatch(text):
        return None
    prefix, _sign, secret = text.rpartition("_")
    token = ApiToken.objects.filter(prefix=prefix).select_related("user").first()
    if token is None or not secrets.compare_digest(token.digest, digest_of(secret)):
        return None
    return token


def token_used(token: ApiToken) -> None:
    """Notes that the token called, at most once a minute."""
    now = timezone.now()
    before = now - USED_EVERY
    if token.used_at is None or token.used_at <= before:
        stale = Q(used_at=None) | Q(used_at__lte=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(used_at=now)


def digest_of(secret: str) -> str:
    """The secret has 256 random bits, so a plain digest cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()
