"""Read models about people who log in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from staff.accounts import policies
from staff.accounts.models import ApiToken, Notification, RoleGrant, RolePolicy, Scope, User
from staff.accounts.models.scope import within
from staff.accounts.rights import Role


def second_factor_required(user: User) -> bool:
    """Whether any role the person holds requires a second factor. One query."""
    return RolePolicy.objects.filter(role__in=user.roles, second_factor=True).exists()


def unread_count(user: User) -> int:
    return Notification.objects.filter(user=user, read_at=None).count()


def people_with(right_roles: frozenset[str], scope: Scope) -> QuerySet[User]:
    """Active users who hold one of the roles on ``scope`` or above it."""
    grants = RoleGrant.objects.active().filter(
        role__in=right_roles, scope_id__in=scope.ancestor_ids()
    )
    return User.objects.filter(is_active=True, pk__in=grants.values("user"))


def users_visible_to(viewer: User, right: str = policies.USER_VIEW) -> QuerySet[User]:
    """Everybody who holds or held a role inside the viewer's scope, and the viewer."""
    if viewer.is_superuser:
        return User.objects.all()
    inside = RoleGrant.objects.filter(within(viewer.paths_with(right)), user=OuterRef("pk"))
    return User.objects.filter(Exists(inside) | Q(pk=viewer.pk))


def with_roles(users: QuerySet[User]) -> QuerySet[User]:
    """Each with ``active_grants`` (a list) and ``has_second_factor``. Two queries for all."""
    grants = RoleGrant.objects.active().select_related("scope").order_by("scope__path", "role")
    return users.prefetch_related(Prefetch("grants", grants, to_attr="active_grants")).annotate(
        has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk")))
    )


def colleagues(user: User) -> QuerySet[User]:
    """Active people with a role in the same companies: to whom a role can be lent."""
    roots = {"/".join(path.split("/")[:3]) + "/" for _role, path in user.holdings}
    grants = RoleGrant.objects.active()
    if not user.is_superuser:
        grants = grants.filter(within(sorted(roots)))
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).exclude(pk=user.pk)


def scopes_under(paths: Iterable[str]) -> QuerySet[Scope]:
    """Every scope on or under ``paths``, from the root down."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return Scope.objects.filter(condition).order_by("path")


class ScopeNames:
    """Names of scopes with what they lie in: "Alpha / Marketing / Direction A". One query."""

    @cached_property
    def _names(self) -> dict[str, Scope]:
        return {scope.path: scope for scope in Scope.objects.all()}

    def __call__(self, scope: Scope) -> str:
        if scope.kind == Scope.Kind.GROUP:
            return str(scope)
        ids = scope.path.strip("/").split("/")
        paths = ["/" + "/".join(ids[:depth]) + "/" for depth in range(2, len(ids) + 1)]
        return " / ".join(str(self._names[path]) for path in paths if path in self._names)


def tokens_visible_to(viewer: User) -> QuerySet[ApiToken]:
    """One's own tokens, and everybody's within reach for those who manage them; the newest first.
    With whom they act for."""
    rows = ApiToken.objects.select_related("user", "revoked_by").order_by("-created_at")
    if not viewer.can(policies.TOKEN_MANAGE):
        return rows.filter(user=viewer)
    return rows.filter(user__in=users_visible_to(viewer, policies.TOKEN_MANAGE))


@dataclass(frozen=True, slots=True)
class RolePolicyRow:
    """Whether a role must have a second factor, how many hold it, how many of them have one."""

    role: str
    label: str
    required: bool
    holders: int
    ready: int


def role_policy_rows() -> list[RolePolicyRow]:
    """One row per role that is given to people."""
    required = set(RolePolicy.objects.filter(second_factor=True).values_list("role", flat=True))
    factor = Exists(Authenticator.objects.filter(user=OuterRef("user")))
    held: dict[str, dict[int, bool]] = defaultdict(dict)
    grants = RoleGrant.objects.active().filter(user__is_active=True)
    for role, user_id, ready in grants.values_list("role", "user_id", factor):
        held[role][user_id] = ready
    return [
        RolePolicyRow(role, str(label), role in required, len(held[role]), sum(held[role].values()))
        for role, label in Role.choices
        if role in policies.GRANTABLE
    ]
