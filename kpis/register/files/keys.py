"""Keys for orders that have none of their own: the same file always gives the same keys."""

from datetime import datetime, time
from decimal import Decimal
from hashlib import sha256

from .rows import OrderRow

MAX_KEY = 80
"""Characters of an order's key in the register."""


class NaturalKeys:
    """Gives each order of one file its key, in the order of the file.

    An order with an id keeps it. Another gets a digest of moment, customer, units and amount, and
    its occurrence number inside the file, so that two identical purchases stay two. Values that
    are equal give equal keys however they are written (11.7 and 11.70).
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def key(self, row: OrderRow) -> str:
        """The order's id, or 40 hex digits with "-" and the occurrence, from 1."""
        if row.order_id:
            return row.order_id
        digest = natural_digest(row.at, row.customer, row.units, row.amount)
        # Half of the digest is enough to count by; a clash would only raise an occurrence number.
        short = int(digest[:16], 16)
        occurrence = self._seen.get(short, 0) + 1
        self._seen[short] = occurrence
        return f"{digest}-{occurrence}"


def stored_key(key: str) -> str:
    """The key as the register keeps it; a longer one ends in a digest, so that two stay two."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[: MAX_KEY - 41]}-{sha256(key.encode()).hexdigest()[:40]}"


def natural_digest(at: datetime, customer: str, units: Decimal | None, amount: Decimal) -> str:
    """40 hex digits of the moment (without its zone), customer, units and amount."""
    naive = at.replace(tzinfo=None)
    moment = naive.date().isoformat() if naive.time() == time() else naive.isoformat()
    parts = (moment, customer, "" if units is None else plain(units), plain(amount))
    return sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def plain(value: Decimal) -> str:
    """The shortest plain notation: 11.70 → 11.7, 100 → 100, -0 → 0."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
