"""Model validation as a refusal a form can show."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from config.lib.errors import Invalid


def refuse_invalid(row: models.Model) -> None:
    """Validate fields and constraints; raises `Invalid` with the messages by field."""
    try:
        row.full_clean()
    except ValidationError as error:
        fields = {
            ("" if name == NON_FIELD_ERRORS else name): " ".join(texts)
            for name, texts in error.message_dict.items()
        }
        raise Invalid(" ".join(fields.values()), fields=fields) from error
