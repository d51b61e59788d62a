"""Model validation as a refusal that a form can show."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models

from config.lib.errors import Invalid


def full_clean(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Check fields and constraints of ``row``. Raises `Invalid` with the messages by field."""
    try:
        row.full_clean(exclude=set(exclude))
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(fields=fields) from error
