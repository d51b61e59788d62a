"""Growing the scope tree."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from staff.accounts.models import Scope


@transaction.atomic
def scope_create(*, kind: str, label: str, parent: Scope | None = None) -> Scope:
    """A new scope under ``parent``; its path is known only once it has an id."""
    scope = Scope(kind=kind, label=label, parent=parent, path=f"new-{uuid4()}")
    scope.save()
    scope.path = f"{parent.path if parent else '/'}{scope.pk}/"
    scope.save(update_fields=["path"])
    return scope


def scope_rename(*, scope: Scope, label: str) -> None:
    """Keep the scope's label equal to its owner's name."""
    Scope.objects.filter(pk=scope.pk).update(label=label)


def group_scope() -> Scope:
    """The root of the tree, made on first use."""
    root = Scope.objects.filter(kind=Scope.Kind.GROUP).first()
    return root or scope_create(kind=Scope.Kind.GROUP, label="")
