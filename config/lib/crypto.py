"""Secrets at rest: Fernet with rotating keys, and the mask that replaces a secret on a page."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.lib.errors import AppError

MASK = "••••••••"


def _cipher() -> MultiFernet:
    """First key encrypts, all decrypt: put a new key in front to rotate."""
    keys = [
        base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
        for key in settings.FIELD_KEYS
    ]
    return MultiFernet([Fernet(key) for key in keys])


def seal(secrets: Mapping[str, str]) -> bytes:
    """Encrypt a mapping of secrets; b"" for none."""
    if not secrets:
        return b""
    return _cipher().encrypt(json.dumps(dict(secrets), ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """Decrypt what `seal` made. Raises `AppError` when the key is not the one it was sealed
    with.
    """
    data = bytes(sealed)
    if not data:
        return {}
    try:
        plain = _cipher().decrypt(data)
    except InvalidToken as error:
        raise AppError(
            _(
                "The stored secret cannot be decrypted: the encryption key has changed. "
                "Enter it again."
            ),
            code="secret_unreadable",
        ) from error
    return {str(name): str(value) for name, value in json.loads(plain).items()}
