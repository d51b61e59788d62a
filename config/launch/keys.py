"""The development keys in `.data/secrets`, made once. Production gives its own."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from config.launch.paths import DATA


def _write_once(path: Path, value: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_size:
            return
        path.unlink()  # cut short by a full disk
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(value + "\n")


def ensure_keys(data: Path = DATA) -> None:
    """SECRET_KEY signs sessions; FIELD_KEY (32 bytes, base64url) encrypts secrets of sources."""
    folder = data / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_once(folder / "SECRET_KEY", secrets.token_urlsafe(50))
    _write_once(folder / "FIELD_KEY", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
