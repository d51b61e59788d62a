"""Secrets leave the process only where they are meant to; everywhere else they are masked by value.

A vendor may echo a token in an error, percent-encoded in an address or inside a Basic header, so
the usual encodings of the value are looked for as well.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
# A shorter piece of base64 would also match ordinary words.
_SHORTEST_DERIVED = 8


def mask(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every form of every secret replaced by ``***``."""
    for form in _forms(secrets):
        text = text.replace(form, MASK)
    return text


def mask_bytes(body: bytes, secrets: Iterable[str]) -> bytes:
    """The same for a body as received, whatever its character set."""
    for form in _forms(secrets):
        body = body.replace(form.encode(), MASK.encode())
    return body


def _forms(secrets: Iterable[str]) -> list[str]:
    """Every spelling to look for, longest first so that no tail of one stays behind."""
    forms: set[str] = set()
    for secret in secrets:
        if not secret:
            continue
        forms.add(secret)
        derived = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
        derived |= {_lower_percent(form) for form in derived}
        derived |= {json.dumps(secret)[1:-1], html.escape(secret), secret.encode().hex()}
        derived |= _base64_forms(secret.encode())
        forms |= {form for form in derived if len(form) >= _SHORTEST_DERIVED}
    return sorted(forms, key=len, reverse=True)


def _lower_percent(text: str) -> str:
    """``%2F`` written as ``%2f``, as some servers echo it; the rest of the text keeps its case."""
    parts = text.split("%")
    return "%".join(parts[:1] + [part[:2].lower() + part[2:] for part in parts[1:]])


def _base64_forms(value: bytes) -> set[str]:
    """The characters that encode ``value`` wholly, at each of the three places it may start at."""
    forms: set[str] = set()
    for offset in range(3):
        first = -(-offset * 8 // 6)
        last = (offset + len(value)) * 8 // 6
        padded = bytes(offset) + value
        forms.add(base64.b64encode(padded).decode()[first:last])
        forms.add(base64.urlsafe_b64encode(padded).decode()[first:last])
    return forms
