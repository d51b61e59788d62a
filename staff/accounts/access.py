"""Every page declares who may open it; a page that does not is closed (`AccessMiddleware`).

``@access(RIGHT)`` needs the right somewhere; the row itself is then found through
``visible_to(user, RIGHT)`` (404 outside the scope) and guarded by `require` (403 without it).
"token": an address of the API, which asks for its token itself (`staff.accounts.api`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from config.lib.errors import Forbidden
from staff.accounts.models import Scope, User

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    kind: Literal["public", "login", "right", "token"]
    right: str = ""


PUBLIC = Access("public")
LOGIN = Access("login")

# Views of libraries, by module: the log-in pages are open, their own decorators guard the rest.
LIBRARY_VIEWS: dict[str, Access] = {
    "allauth.account.views": PUBLIC,
    "allauth.mfa": PUBLIC,
    "allauth.decorators": PUBLIC,
    "django.views.i18n": PUBLIC,
    "django.contrib.staticfiles": PUBLIC,
}


def access(right: str) -> Callable[[View], View]:
    """Open to those who hold ``right`` on any scope."""
    return _mark(Access("right", right))


def login_access(view: View) -> View:
    """Open to everybody who has logged in (own page, notifications)."""
    return _mark(LOGIN)(view)


def public_access(view: View) -> View:
    """Open to everybody."""
    return _mark(PUBLIC)(view)


def _mark(policy: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.access = policy  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return decorate


def policy_of(view: Callable[..., Any]) -> Access | None:
    """The declared policy: on the view function, its class, or by the library's module."""
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        if isinstance(policy := getattr(holder, "access", None), Access):
            return policy
    owner = getattr(view, "view_class", None) or view
    module = getattr(owner, "__module__", "")
    for prefix, policy in LIBRARY_VIEWS.items():
        if module == prefix or module.startswith(prefix + "."):
            return policy
    return None


def user_of(request: HttpRequest) -> User:
    """The logged-in user of a view behind `AccessMiddleware`."""
    user = request.user
    if isinstance(user, AnonymousUser) or not isinstance(user, User):
        raise Forbidden
    return user


def require(user: User, right: str, scope: Scope) -> None:
    """Raise `Forbidden` (403) unless ``user`` holds ``right`` on ``scope``."""
    if not user.can(right, scope):
        raise Forbidden
