"""Dates as people write them, read by one format per column that evidence or a person chose."""

import math
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from .decimals import is_blank
from .errors import CellError
from .shapes import Cell

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199


class DateFormat(NamedTuple):
    """Order of year, month and day; the separator; digits of the year."""

    order: str
    separator: str
    year_digits: int


FORMATS: Final[dict[str, DateFormat]] = {
    "yyyy-mm-dd": DateFormat("ymd", "-", 4),
    "dd.mm.yyyy": DateFormat("dmy", ".", 4),
    "yyyymmdd": DateFormat("ymd", "", 4),
    "dd/mm/yyyy": DateFormat("dmy", "/", 4),
    "mm/dd/yyyy": DateFormat("mdy", "/", 4),
    "yyyy/mm/dd": DateFormat("ymd", "/", 4),
    "yyyy.mm.dd": DateFormat("ymd", ".", 4),
    "dd-mm-yyyy": DateFormat("dmy", "-", 4),
    "mm-dd-yyyy": DateFormat("mdy", "-", 4),
    "dd.mm.yy": DateFormat("dmy", ".", 2),
    "dd/mm/yy": DateFormat("dmy", "/", 2),
    "mm/dd/yy": DateFormat("mdy", "/", 2),
}
_EPOCH_1900: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- serials carry no time zone
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 -- serials carry no time zone
_SERIALS: Final = range(61, 110_000)
"""Serial days from March 1900: earlier ones differ by the 29 February 1900 that never was."""


def parse_day(text: str, name: str) -> date:
    """Read a day in the named format. Raises CellError: not_date, no_such_date, date_range."""
    order, separator, year_digits = FORMATS[name]
    if separator:
        parts = text.split(separator)
    elif len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    else:
        parts = []
    if len(parts) != 3 or not (text.isascii() and all(part.isdigit() for part in parts)):
        raise CellError("not_date", format=name)
    by_letter = dict(zip(order, parts, strict=True))
    if len(by_letter["y"]) != year_digits or max(len(by_letter["m"]), len(by_letter["d"])) > 2:
        raise CellError("not_date", format=name)
    year = int(by_letter["y"]) + (2000 if year_digits == 2 else 0)
    try:
        day = date(year, int(by_letter["m"]), int(by_letter["d"]))
    except ValueError as error:
        raise CellError("no_such_date") from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError("date_range", first=FIRST_YEAR, last=LAST_YEAR)
    return day


def parse_time(text: str) -> time:
    """Read `17:10`, `9:05:07`, `3:05 PM`, with seconds' fraction or UTC offset as ISO has them."""
    body = text.strip()
    half = body[-2:].upper()
    if half in {"AM", "PM"}:
        body = body[:-2].rstrip()
    if body[1:2] == ":":
        body = "0" + body
    try:
        moment = time.fromisoformat(body)
    except ValueError as error:
        raise CellError("not_time") from error
    if half not in {"AM", "PM"}:
        return moment
    if not 1 <= moment.hour <= 12:
        raise CellError("not_time")
    return moment.replace(hour=moment.hour % 12 + (12 if half == "PM" else 0))


def formats_of(texts: Iterable[str]) -> tuple[tuple[str, ...], int, bool]:
    """The formats that read most of the texts, how many they read, whether a time is there.

    Several formats come back when all read equally many: only a person can choose between them.
    A date that does not exist counts as read only if no other format reads it.
    """
    counts = dict.fromkeys(FORMATS, 0)
    has_time = False
    for text in texts:
        day, clock = split_moment(text)
        if not day[:1].isdigit() or len(day) > 10:
            continue
        for name in counts:
            try:
                parse_day(day, name)
            except CellError:
                continue
            counts[name] += 1
            has_time = has_time or bool(clock)
    most = max(counts.values())
    if most == 0:
        return (), 0, False
    return tuple(name for name, count in counts.items() if count == most), most, has_time


def split_moment(text: str) -> tuple[str, str]:
    """Day and clock of `29.06.2021, 17:10` or `2021-06-29T17:10:11Z`; the clock may be ""."""
    body = text.strip()
    for mark in (" ", "T"):
        day, found, clock = body.partition(mark)
        if found:
            return day.rstrip(","), clock
    return body, ""


class DateReader:
    """Reads the cells of one date column, in the named format for text cells.

    Moments without an offset are in `zone`, and days are the days of `zone`. A day alone is its
    midnight. `name` is None where the column holds a sheet's own date cells only.
    """

    _KEEP: Final = 100_000

    def __init__(self, name: str | None, *, zone: tzinfo, epoch_1904: bool = False) -> None:
        self._name = name
        self._zone = zone
        self._epoch = _EPOCH_1904 if epoch_1904 else _EPOCH_1900
        self._days: dict[str, date] = {}

    def day(self, cell: Cell) -> date | None:
        """The day in the cell, None where it is blank. Raises CellError."""
        if isinstance(cell, str):
            known = self._days.get(cell)
            if known is not None:
                return known
        moment = self.moment(cell)
        return None if moment is None else moment.date()

    def moment(self, cell: Cell) -> datetime | None:
        """The aware moment in the cell, None where it is blank. Raises CellError."""
        if isinstance(cell, str):
            return self._from_text(cell)
        if cell is None:
            return None
        if isinstance(cell, datetime):
            return self._in_range(cell)
        if isinstance(cell, date):
            return self._in_range(datetime.combine(cell, time()))
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            raise CellError("not_date", format=self._name or "date")
        return self._from_number(cell)

    def _from_text(self, text: str) -> datetime | None:
        known = self._days.get(text)
        if known is not None:
            return datetime.combine(known, time(), self._zone)
        if is_blank(text):
            return None
        day_text, clock_text = split_moment(text)
        if self._name is None:
            raise CellError("not_date", format="date")
        day = self._days.get(day_text)
        if day is None:
            day = parse_day(day_text, self._name)
            if len(self._days) >= self._KEEP:
                self._days.clear()
            self._days[day_text] = day
        if not clock_text:
            return datetime.combine(day, time(), self._zone)
        clock = parse_time(clock_text)
        if clock.tzinfo is None:
            return datetime.combine(day, clock, self._zone)
        return datetime.combine(day, clock).astimezone(self._zone)

    def _from_number(self, number: float) -> datetime:
        """A sheet's serial day, or `20260131` that the sheet took for a number."""
        if isinstance(number, float) and not math.isfinite(number):
            raise CellError("not_date", format=self._name or "date")
        if number == int(number) and 10_000_000 <= number <= 99_999_999:
            return self._in_range(datetime.combine(parse_day(str(int(number)), "yyyymmdd"), time()))
        if int(number) not in _SERIALS:
            raise CellError("not_date", format=self._name or "date")
        # Whole seconds: a serial keeps a moment as a fraction of the day, never exactly.
        seconds = round((number - int(number)) * 86_400)
        return self._in_range(self._epoch + timedelta(days=int(number), seconds=seconds))

    def _in_range(self, moment: datetime) -> datetime:
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise CellError("date_range", first=FIRST_YEAR, last=LAST_YEAR)
        if moment.tzinfo is not None:
            return moment.astimezone(self._zone)
        return moment.replace(tzinfo=self._zone)
