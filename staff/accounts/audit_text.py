"""An audit event in words: each changed field with its value before and after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from staff.accounts.audit_registry import field_label, value_label
from staff.accounts.models import AuditEvent
from staff.accounts.rights import Role

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Change:
    """One field in the reader's words; `NOTHING` for a value that was not there."""

    name: str
    before: str
    after: str

    @property
    def is_new(self) -> bool:
        """Whether there was no value before: the arrow would tell nothing."""
        return self.before == NOTHING


def changes_of(event: AuditEvent) -> list[Change]:
    """Changed fields of the event in the order they were recorded."""
    names = list(dict.fromkeys([*event.after, *event.before]))
    changes = (
        Change(
            field_label(event.target_type, name),
            _value(event.target_type, name, event.before.get(name)),
            _value(event.target_type, name, event.after.get(name)),
        )
        for name in names
    )
    return [change for change in changes if change.before != change.after]


def _value(target_type: str, name: str, value: Any) -> str:
    """The value in words: the label of a role or of a choice, else the value itself."""
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    label = value_label(target_type, name, value) if isinstance(value, str) and value else None
    return label or _words(value)


def _words(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _moment(value) or value
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(_words(item) for item in value)
    return str(value)


def _moment(text: str) -> str:
    """An ISO moment in the reader's zone and format, or an ISO day; "" for any other text."""
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date_format(dt.date.fromisoformat(text), "SHORT_DATE_FORMAT")
        except ValueError:
            return ""
    if len(text) < 19 or text[4:5] != "-" or text[10:11] != "T":
        return ""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return ""
    if timezone.is_naive(moment):
        return ""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
