"""A file and its new source in one go: no source remains when the file is refused."""

from __future__ import annotations

from typing import BinaryIO

from django.db import transaction

from kpis.register.models import FileImport
from kpis.register.registry import FILE_KIND
from kpis.register.services.imports import import_create
from kpis.register.services.sources import settings_clean, source_create
from staff.accounts.models import Scope, User


@transaction.atomic
def import_create_with_source(
    *,
    actor: User,
    scope: Scope,
    source_name: str,
    currency: str,
    time_zone: str = "Europe/Moscow",
    name: str,
    content: BinaryIO,
) -> FileImport:
    """Make a file source and take its first file in. Raises as the two services do."""
    plain, _secrets = settings_clean(FILE_KIND, {"currency": currency, "time_zone": time_zone})
    source = source_create(
        actor=actor, scope=scope, kind=FILE_KIND, name=source_name, plain=plain, secrets={}
    )
    return import_create(actor=actor, source=source, name=name, content=content)
