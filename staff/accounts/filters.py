"""Filters of the lists of people and of the audit trail; kept in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.accounts.audit_registry import described_actions
from staff.accounts.models import AuditEvent, RoleGrant, User
from staff.accounts.policies import AUDIT_VIEW, GRANTABLE
from staff.accounts.rights import Role
from staff.accounts.selectors import users_visible_to

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UserFilter(filters.FilterSet):
    role = filters.ChoiceFilter(
        label=_("Role"),
        method="by_role",
        choices=[item for item in Role.choices if item[0] in GRANTABLE],
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=[("active", _("May log in")), ("blocked", _("Blocked"))],
    )
    factor = filters.ChoiceFilter(
        label=_("Second factor"),
        method="by_factor",
        choices=[("on", _("On")), ("off", _("Off"))],
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(pk__in=RoleGrant.objects.active().filter(role=value).values("user"))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(is_active=value == "active")

    def by_factor(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(has_second_factor=value == "on")


def _actions() -> list[tuple[str, Any]]:
    return sorted(described_actions().items(), key=lambda item: str(item[1]))


class AuditFilter(filters.FilterSet):
    """``target_type`` and ``target_id`` have no field on the page: rows' pages link with them."""

    person = filters.ModelChoiceFilter(
        field_name="actor",
        label=_("Who"),
        to_field_name="uid",
        queryset=lambda request: users_visible_to(request.user, AUDIT_VIEW).order_by("full_name"),
    )
    action = filters.ChoiceFilter(label=_("Action"), choices=_actions)
    origin = filters.ChoiceFilter(label=_("From where"), choices=AuditEvent.Origin.choices)
    since = filters.DateFilter(label=_("From day"), method="by_since", widget=DAY)
    until = filters.DateFilter(label=_("To day"), method="by_until", widget=DAY)
    target_type = filters.CharFilter(widget=forms.HiddenInput)
    target_id = filters.CharFilter(widget=forms.HiddenInput)
    request_id = filters.CharFilter(widget=forms.HiddenInput)

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def by_since(self, rows: Any, name: str, value: dt.date) -> Any:
        return rows.filter(at__gte=_midnight(value))

    def by_until(self, rows: Any, name: str, value: dt.date) -> Any:
        return rows.filter(at__lt=_midnight(value + dt.timedelta(days=1)))


def _midnight(day: dt.date) -> dt.datetime:
    """The day's beginning in the reader's zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
