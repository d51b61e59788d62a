"""Rights and roles. A right is declared once, by the app it guards, with the roles that hold it.

There is no table of permissions: what a role may do is code, reviewed and tested; who holds a role,
where and until when, is data (`RoleGrant`, `Delegation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Role(models.TextChoices):
    """Who somebody is in a scope. The last two are reserved: the till, the personal account."""

    DIRECTOR = "director", _("Director")
    HEAD = "head", _("Head of department")
    DIRECTION_HEAD = "direction_head", _("Head of direction")
    SPECIALIST = "specialist", _("Specialist")
    TRAINEE = "trainee", _("Trainee")
    AUDITOR = "auditor", _("Auditor")
    TILL_OPERATOR = "till_operator", _("Till operator")
    CLIENT = "client", _("Client")


RESERVED_ROLES = frozenset({Role.TILL_OPERATOR, Role.CLIENT})

MANAGERS = (Role.HEAD, Role.DIRECTION_HEAD)
STAFF = (*MANAGERS, Role.SPECIALIST, Role.TRAINEE)
READERS = (Role.DIRECTOR, Role.AUDITOR)
EVERYONE = (*STAFF, *READERS)


@dataclass(frozen=True, slots=True)
class Right:
    """``code`` is ``<app>.<noun>.<verb>``; ``roles`` hold it inside their scope."""

    code: str
    label: StrOrPromise
    roles: frozenset[str]


_rights: dict[str, Right] = {}


def declare(code: str, label: StrOrPromise, *roles: Role) -> str:
    """Register a right and return its code. Declaring one code twice is a mistake."""
    if code in _rights:
        raise ValueError(f"right {code} is declared twice")
    _rights[code] = Right(code, label, frozenset(roles))
    return code


def right(code: str) -> Right:
    """The declared right. Raises LookupError for a code nobody declared."""
    try:
        return _rights[code]
    except KeyError:
        raise LookupError(f"right {code} is not declared") from None


def all_rights() -> list[Right]:
    return sorted(_rights.values(), key=lambda item: item.code)
