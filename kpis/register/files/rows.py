"""What reading a file gives, row by row."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from .errors import RowError


class ResultRow(NamedTuple):
    """One value of one metric for one day. `number` is the file's row as a person counts it.

    `metric` is the register's code (wide files) or the file's own text (long files); `subject` is
    the file's text, "" for the whole.
    """

    number: int
    day: date
    metric: str
    subject: str
    value: Decimal


class OrderRow(NamedTuple):
    """One order or one purchase line.

    `at` is aware, in the mapping's time zone; midnight where the file has a day only. `customer`
    "" is an anonymous sale; `order_id` "" means that the key is to be made (see `keys`); `units`
    None means not known. `raw` holds the row's cells as text.
    """

    number: int
    at: datetime
    customer: str
    order_id: str
    units: Decimal | None
    amount: Decimal
    currency: str
    channel: str
    promo: str
    raw: tuple[str, ...]


class SkippedRow(NamedTuple):
    """A row left out with good reason: a total row, or a row with a date and no values."""

    number: int
    reason: Literal["total", "no_value"]
    text: str


Row = ResultRow | OrderRow
Parsed = ResultRow | OrderRow | SkippedRow | RowError
