"""How the audit trail's page names actions and finds rows; filled by every app in ``ready()``.

An action nobody has described is shown by its code, a row nobody has linked by its label.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_actions: dict[str, StrOrPromise] = {}
_pages: dict[str, str] = {}
_models: dict[str, type[Model]] = {}
_fields: dict[str, StrOrPromise] = {}


def describe_actions(labels: Mapping[str, StrOrPromise]) -> None:
    """``{"accounts.role.granted": _("Role given"), …}``; a code described twice is a mistake."""
    if twice := set(labels) & set(_actions):
        raise ValueError(f"actions described twice: {sorted(twice)}")
    _actions.update(labels)


def link_targets(pages: Mapping[type[Model], str]) -> None:
    """``{User: "accounts:user-detail"}``: the page of a row, found by its ``uid``; "" for no page.

    Fields of these models are called by their labels.
    """
    for model, url_name in pages.items():
        _models[model._meta.label] = model
        _pages[model._meta.label] = url_name


def field_label(target_type: str, name: str) -> str:
    """The label of a changed field, or its name in words where the model does not say."""
    model = _models.get(target_type)
    known = {field.name: field for field in model._meta.get_fields()} if model else {}
    given = getattr(known.get(name), "_verbose_name", None)  # None: Django would repeat the name
    return str(given or _fields.get(name) or name.replace("_", " "))


def value_label(target_type: str, name: str, value: object) -> str | None:
    """The label of a choice ("Dark" for "dark"), None for a value that is not one of choices."""
    model = _models.get(target_type)
    field = {field.name: field for field in model._meta.get_fields()}.get(name) if model else None
    choices = dict(getattr(field, "flatchoices", ()))
    return str(choices[value]) if value in choices else None


def describe_fields(labels: Mapping[str, StrOrPromise]) -> None:
    """Names of recorded values that are no fields of their row: ``{"role": _("role")}``."""
    _fields.update(labels)


def action_label(code: str) -> str:
    return str(_actions.get(code, code))


def described_actions() -> Mapping[str, StrOrPromise]:
    return dict(_actions)


def target_url(target_type: str, target_id: str) -> str:
    """The row's own page, "" where it has none."""
    name = _pages.get(target_type)
    if not name or not target_id:
        return ""
    try:
        return reverse(name, args=[target_id])
    except NoReverseMatch:
        return ""  # a row recorded by its number, before it had an address
