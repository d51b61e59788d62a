"""Knowing a person across sources without keeping the phone number or the address."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

from django.conf import settings

_DIGITS = re.compile(r"\D+")
_NATIONAL = 10


def contact_normal(contact: str) -> str:
    """One spelling of a phone number or an e-mail; "" for neither.

    A number's last ten digits tell it: +7, 8 and nothing before them are the same subscriber.
    """
    text = contact.strip().lower()
    if "@" in text:
        return text if text.count("@") == 1 and not re.search(r"\s", text) else ""
    digits = _DIGITS.sub("", text)
    return digits[-_NATIONAL:] if len(digits) >= _NATIONAL else digits if len(digits) >= 5 else ""


def person_key(contacts: Iterable[str]) -> str:
    """A keyed hash of the first usable contact, phones before e-mails; "" when there is none."""
    usable = [text for text in map(contact_normal, contacts) if text]
    if not usable:
        return ""
    best = min(usable, key=lambda text: "@" in text)
    secret = settings.FIELD_KEYS[-1].encode()
    return hmac.new(secret, best.encode(), hashlib.sha256).hexdigest()[:32]
