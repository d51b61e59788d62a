"""Lists of names as people type them."""

from __future__ import annotations


def names_of(text: object) -> list[str]:
    """Names separated by commas, without blanks and repeats."""
    return list(dict.fromkeys(filter(None, (name.strip() for name in str(text or "").split(",")))))
