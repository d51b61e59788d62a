"""Safe text for exported tables."""

from typing import Final

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """Text that a spreadsheet will not take for a formula: a dangerous start gets an apostrophe.

    For text that people or vendors wrote; numbers are exported as numbers, not through here.
    """
    return "'" + text if text.startswith(_STARTS) else text
