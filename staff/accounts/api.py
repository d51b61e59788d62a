"""Who calls the API: a token, what it may do, how often.

A view lists in ``needs`` what each of its methods asks for: a scope of the token and a right of the
person it acts for. Both must be there (403); rows outside the person's scopes are not there (404).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from allauth.mfa.utils import is_mfa_enabled
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from config.lib import context
from config.lib.middleware import raw_body
from staff.accounts.access import Access
from staff.accounts.models import ApiScope, ApiToken, User
from staff.accounts.selectors import second_factor_required
from staff.accounts.services.tokens import token_find, token_used

SCHEME = "Bearer"


@dataclass(frozen=True, slots=True)
class Need:
    """What a method asks of the token and of the person."""

    scope: ApiScope
    right: str


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer modus_…``; nothing else is looked at, no cookie either."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != SCHEME.lower().encode():
            raise refused(_("Write the token as “Authorization: Bearer …”."), "bad_header")
        token = token_find(words[1].decode("ascii", errors="replace"))
        if token is None:
            raise refused(_("There is no such token."), "invalid_token")
        if token.revoked_at is not None:
            raise refused(_("The token is revoked."), "token_revoked")
        if token.is_expired:
            raise refused(_("The token has expired."), "token_expired")
        if not token.user.is_active:
            raise refused(_("The person the token acts for is blocked."), "person_blocked")
        token_used(token)
        # The audit trail names the person, and the token by its beginning.
        where = f"{context.current().where} · {token.prefix}"
        context.amend(user_id=token.user.pk, where=where)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


def refused(message: Any, code: str) -> exceptions.AuthenticationFailed:
    return exceptions.AuthenticationFailed(message, code=code)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped library
    """How the description of the API calls the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class TokenPermission(BasePermission):
    """The token's scope, the person's right, the second factor their role requires."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token, user = request.auth, request.user
        if not isinstance(token, ApiToken) or not isinstance(user, User):
            return False
        need = view.needs.get("GET" if request.method == "HEAD" else request.method)
        if need is None:
            raise exceptions.MethodNotAllowed(request.method or "")
        if need.scope not in token.scopes:
            lacks = _("The token may not do this: it lacks “%(scope)s”.") % {"scope": need.scope}
            raise exceptions.PermissionDenied(lacks, code="missing_scope")
        if second_factor_required(user) and not is_mfa_enabled(user):
            message = _("The person must set up a second factor first.")
            raise exceptions.PermissionDenied(message, code="second_factor_required")
        if not user.can(need.right):
            raise exceptions.PermissionDenied(
                _("You do not have the right to do this."), code="forbidden"
            )
        return True


class TokenThrottle(SimpleRateThrottle):
    """So many calls of one token; `API_RATE`."""

    scope = "token"

    def get_cache_key(self, request: Request, view: object) -> str | None:
        return f"api-token-{request.auth.pk}" if isinstance(request.auth, ApiToken) else None


class ApiSchema(AutoSchema):
    """Tells of every operation which scope of the token it needs."""

    def get_description(self) -> str:  # type: ignore[override]  # the base is typed for another
        """Only what was written for the reader; a docstring is for programmers of ours."""
        return ""

    def get_extensions(self) -> dict[str, Any]:
        need = getattr(self.view, "needs", {}).get(self.method)
        return {"x-token-scope": str(need.scope.value)} if need else {}


class ApiView(APIView):
    """Base of every address of the API. JSON in, JSON out."""

    access = Access("token")
    schema = ApiSchema()
    needs: ClassVar[Mapping[str, Need]] = {}
    authentication_classes = (TokenAuthentication,)
    permission_classes = (TokenPermission,)
    throttle_classes = (TokenThrottle,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The parsers read the body, nobody before them."""
        return raw_body(super().as_view(**initkwargs))


def caller(request: Request) -> User:
    """The person a token acts for, in a view behind `TokenPermission`."""
    user = request.user
    if not isinstance(user, User):
        raise exceptions.NotAuthenticated
    return user
