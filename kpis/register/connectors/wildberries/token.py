"""What the seller's token says about itself. It is read, never verified: Wildberries does that."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claims:
    """``seller`` is the seller's id ("" unknown), ``expires_at`` aware or None."""

    seller: str = ""
    expires_at: dt.datetime | None = None


def claims_of(token: str) -> Claims | None:
    """The readable part of a token, None for a text that is no such token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        data = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    seller = data.get("sid") or data.get("oid") or ""
    return Claims(str(seller) if isinstance(seller, str | int) else "", _moment(data.get("exp")))


def _moment(seconds: object) -> dt.datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return None
