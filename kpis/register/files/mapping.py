"""Which column means what: what a person decides once and saves as a template."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .dates import FORMATS
from .encoding import ENCODINGS
from .errors import MappingError
from .shapes import DecimalSign

Target = Literal["results", "orders"]
Totals = Literal["skip", "refuse"]
Duplicates = Literal["refuse", "sum", "keep_last"]

VERSION: Final = 1
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "target": ("results", "orders"),
    "totals": ("skip", "refuse"),
    "duplicates": ("refuse", "sum", "keep_last"),
    "decimal": (".", ","),
    "delimiter": (";", ",", "\t", "|"),
    "encoding": ENCODINGS,
    "date_format": tuple(FORMATS),
}
_RESULT_FIELDS: Final = ("metric", "value", "subject")
_ORDER_FIELDS: Final = (
    "customer",
    "order_id",
    "units",
    "amount",
    "currency",
    "channel",
    "promo",
)
_COLUMN_FIELDS: Final = ("date", *_RESULT_FIELDS, *_ORDER_FIELDS)
_NUMBERS: Final = ("header_row", "skip_rows")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Meaning of a file's columns, by column name, and what overrides the recognised form.

    Results come wide (`metrics`: pairs of column and metric code) or long (`metric` and `value`
    columns). A metric code of "" is not chosen yet. Orders need date, customer and amount; a blank
    customer cell is an anonymous sale. `time_zone` (IANA name) is that of the moments in the file.
    `header_row` counts from 1, 0 is "no column names"; the other overrides are None for "as
    recognised". `duplicates` says what to do with rows of the same key inside one file.
    """

    target: Target
    date: str = ""
    metrics: tuple[tuple[str, str], ...] = ()
    metric: str = ""
    value: str = ""
    subject: str = ""
    customer: str = ""
    order_id: str = ""
    units: str = ""
    amount: str = ""
    currency: str = ""
    channel: str = ""
    promo: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    decimal: DecimalSign | None = None
    date_format: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    skip_rows: int = 0
    percent: bool = False
    time_zone: str = "UTC"
    totals: Totals = "skip"
    duplicates: Duplicates = "refuse"

    def problems(self) -> tuple[MappingError, ...]:
        """What is missing or contradictory before a file can be read with it."""
        return tuple(self._problems())

    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads, in no particular order."""
        named = [cast("str", getattr(self, field)) for field in _COLUMN_FIELDS]
        return tuple(name for name in [*named, *(column for column, _code in self.metrics)] if name)

    def to_json(self) -> dict[str, object]:
        """A JSON object with a version; `from_json` gives an equal mapping back."""
        data = asdict(self)
        data["metrics"] = [list(pair) for pair in self.metrics]
        return {"version": VERSION, **data}

    @classmethod
    def from_json(cls, data: object) -> "Mapping":
        """The mapping from a JSON object or its text. It may be incomplete, never malformed.

        Raises MappingError: not_object, version, unknown_field, wrong_value.
        """
        if isinstance(data, str | bytes):
            try:
                data = json.loads(data)
            except ValueError as error:
                raise MappingError("not_object") from error
        if not isinstance(data, dict) or "target" not in data:
            raise MappingError("not_object")
        values = {str(key): value for key, value in data.items()}
        version = values.pop("version", VERSION)
        if version != VERSION:
            raise MappingError("version", value=version)
        known = {field.name for field in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise MappingError("unknown_field", field=name)
            if not _is_valid(name, value):
                raise MappingError("wrong_value", field=name, value=repr(value)[:80])
        if "metrics" in values:
            values["metrics"] = tuple((column, code) for column, code in values["metrics"])
        return cls(**values)

    def _problems(self) -> Iterator[MappingError]:
        if not self.date:
            yield MappingError("column_not_chosen", field="date")
        yield from self._order_problems() if self.target == "orders" else self._result_problems()
        foreign = _RESULT_FIELDS if self.target == "orders" else _ORDER_FIELDS
        for name in foreign:
            if getattr(self, name):
                yield MappingError("not_for_target", field=name)
        for column, count in Counter(self.columns()).items():
            if count > 1:
                yield MappingError("column_twice", column=column)

    def _order_problems(self) -> Iterator[MappingError]:
        for name in ("customer", "amount"):
            if not getattr(self, name):
                yield MappingError("column_not_chosen", field=name)
        if self.metrics:
            yield MappingError("not_for_target", field="metrics")

    def _result_problems(self) -> Iterator[MappingError]:
        is_long = bool(self.metric or self.value)
        if is_long and self.metrics:
            yield MappingError("forms_mixed")
        elif is_long:
            for name in ("metric", "value"):
                if not getattr(self, name):
                    yield MappingError("column_not_chosen", field=name)
        elif not self.metrics:
            yield MappingError("column_not_chosen", field="metrics")
        for column, code in self.metrics:
            if not code:
                yield MappingError("metric_not_chosen", column=column)
        for code, count in Counter(code for _column, code in self.metrics if code).items():
            if count > 1:
                yield MappingError("metric_twice", metric=code)


def _is_valid(name: str, value: object) -> bool:
    if name == "metrics":
        return isinstance(value, list | tuple) and all(map(_is_pair, value))
    if name in _NUMBERS:
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return is_count or (value is None and name == "header_row")
    if name == "percent":
        return isinstance(value, bool)
    if name in _CHOICES:
        optional = name not in {"target", "totals", "duplicates"}
        return value in _CHOICES[name] or (value is None and optional)
    if name == "sheet":
        return value is None or isinstance(value, str)
    if name == "time_zone":
        return isinstance(value, str) and _is_zone(value)
    return isinstance(value, str)


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(part, str) for part in value)
        and bool(value[0])
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a directory of zones, an odd name
        return False
    return True
