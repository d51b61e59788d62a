from staff.accounts.models.audit import AuditEvent
from staff.accounts.models.grant import Delegation, RoleGrant, RolePolicy
from staff.accounts.models.notification import Notification
from staff.accounts.models.scope import Scope, ScopedQuerySet
from staff.accounts.models.token import ApiScope, ApiToken
from staff.accounts.models.user import User

__all__ = [
    "ApiScope",
    "ApiToken",
    "AuditEvent",
    "Delegation",
    "Notification",
    "RoleGrant",
    "RolePolicy",
    "Scope",
    "ScopedQuerySet",
    "User",
]
