"""Tables of people and of the audit trail."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.columns import WhenColumn
from staff.accounts.audit_registry import action_label
from staff.accounts.audit_text import Change, changes_of
from staff.accounts.models import AuditEvent, User
from staff.accounts.selectors import ScopeNames


class UserTable(tables.Table):
    full_name = tables.Column(verbose_name=_("Person"))
    email = tables.Column()
    roles = tables.Column(accessor="active_grants", verbose_name=_("Roles"), orderable=False)
    has_second_factor = tables.Column(verbose_name=_("Second factor"))
    last_login = WhenColumn(verbose_name=_("Last log-in"), default="—")
    is_active = tables.Column(verbose_name=_("State"))

    class Meta:
        order_by = "full_name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = ScopeNames()

    def _roles(self, record: Any) -> list[str]:
        return [
            f"{grant.get_role_display()} · {self.names(grant.scope)}"
            for grant in record.active_grants
        ]

    def render_roles(self, record: Any) -> SafeString:
        return render_to_string("accounts/_roles_cell.html", {"roles": self._roles(record)})

    def value_roles(self, record: Any) -> str:
        return "; ".join(self._roles(record))

    def render_has_second_factor(self, value: bool) -> str:
        return gettext("set up") if value else gettext("no")

    def render_is_active(self, record: User) -> SafeString:
        return render_to_string("accounts/_state.html", {"person": record})

    def value_is_active(self, record: User) -> str:
        return gettext("may log in") if record.is_active else gettext("blocked")


class AuditTable(tables.Table):
    at = WhenColumn(verbose_name=_("When"))
    actor_label = tables.Column(verbose_name=_("Who"))
    action = tables.Column(verbose_name=_("Action"))
    target_label = tables.Column(verbose_name=_("Subject"), default="")
    changes = tables.Column(
        verbose_name=_("Before → after"), empty_values=(), orderable=False, accessor="pk"
    )
    origin = tables.Column(verbose_name=_("From where"))
    reason = tables.Column(verbose_name=_("Reason"), default="")

    class Meta:
        order_by = "-at"

    def render_action(self, value: str) -> str:
        return action_label(value)

    def render_changes(self, record: AuditEvent) -> SafeString:
        return render_to_string("accounts/_changes.html", {"changes": changes_of(record)[:4]})

    def value_changes(self, record: AuditEvent) -> str:
        lines = (_in_one_line(change) for change in changes_of(record))
        return "; ".join(lines)

    def render_origin(self, record: AuditEvent) -> str:
        return record.get_origin_display()


def _in_one_line(change: Change) -> str:
    before = "" if change.is_new else f"{change.before} → "
    return f"{change.name}: {before}{change.after}"
