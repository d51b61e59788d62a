"""Who acts, and which rows the words of the command line mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from config.lib.text import filled
from kpis.register import policies
from kpis.register.models import MappingTemplate, Source
from staff.accounts.models import RoleGrant, Scope, User
from staff.accounts.rights import Role
from staff.accounts.selectors import scopes_under


def actor_find(email: str | None) -> User:
    """The person given, else the first active superuser, head or director. Raises `Invalid`."""
    people = User.objects.filter(is_active=True).order_by("pk")
    if email:
        found = people.filter(email__iexact=email).first()
        if found is None:
            raise Invalid(filled(_("Nobody logs in as %(email)s."), email=email))
        return found
    if found := people.filter(is_superuser=True).first():
        return found
    for role in (Role.HEAD, Role.DIRECTOR):
        holders = RoleGrant.objects.active().filter(role=role).values("user")
        if found := people.filter(pk__in=holders).first():
            return found
    raise Invalid(_("Nobody may act: create a superuser or name a person with --as."))


def source_find(user: User, name: str) -> Source:
    """The source called ``name`` among those the person sees. Raises `Invalid`."""
    visible = Source.objects.visible_to(user, policies.SOURCE_VIEW).select_related("scope", "owner")
    found: Source = _only(_named(visible, name, "name"), name)
    return found


def source_exists(user: User, name: str) -> bool:
    visible = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    return _named(visible, name, "name").exists()


def scope_find(user: User, name: str | None) -> Scope:
    """The place called ``name``; without a name the only company's or department's highest place
    on which the person may add sources. Raises `Invalid`."""
    places = scopes_under(user.paths_with(policies.SOURCE_MANAGE)).exclude(kind=Scope.Kind.GROUP)
    if name is None:
        first = places.first()
        if first is None:
            raise Invalid(_("There is no company or department yet, or none you may change."))
        return first
    found: Scope = _only(_named(places, name, "label"), name)
    return found


def template_find(user: User, scope: Scope, name: str) -> MappingTemplate:
    visible = MappingTemplate.objects.visible_to(user, policies.IMPORT).filter(scope=scope)
    found: MappingTemplate = _only(_named(visible, name, "name"), name)
    return found


def one_called(rows: QuerySet[Any], name: str, field: str) -> Any:
    """The row whose ``field`` or uid is ``name``. Raises `Invalid` for none and for several."""
    return _only(_named(rows, name, field), name)


def _named(rows: QuerySet[Any], name: str, field: str) -> QuerySet[Any]:
    wanted = Q(**{field: name})
    try:
        wanted |= Q(uid=UUID(name))
    except ValueError:
        return rows.filter(wanted)
    return rows.filter(wanted)


def _only(rows: QuerySet[Any], name: str) -> Any:
    found = list(rows[:5])
    if not found:
        raise Invalid(filled(_("Nothing is called “%(name)s”."), name=name), code="not_found")
    if len(found) > 1:
        uids = ", ".join(str(row.uid) for row in found)
        text = _("Several are called “%(name)s”; give the uid: %(uids)s.")
        raise Invalid(filled(text, name=name, uids=uids), code="ambiguous")
    return found[0]
