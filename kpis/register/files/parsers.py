"""From the cells of one row to its values, or to everything that is wrong with it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from .columns import has_content
from .decimals import is_blank
from .errors import CellError, FileRefused, MappingError, RowError
from .mapping import Mapping
from .rows import OrderRow, Parsed, ResultRow, SkippedRow
from .shapes import Cell, FileShape
from .totals import total_label
from .values import DateReader, NumberReader, read_text, show


class RowParser(ABC):
    """Reads rows of one file by one mapping. Keeps the running sums, to know a total row by."""

    def __init__(self, shape: FileShape, mapping: Mapping) -> None:
        for problem in mapping.problems():
            raise problem
        self._shape = shape
        self._mapping = mapping
        self._width = len(shape.columns)
        self._pads = shape.kind == "xlsx"
        self._date = self._place(mapping.date)
        self._dates = DateReader(
            _date_format(shape, mapping),
            zone=ZoneInfo(mapping.time_zone),
            epoch_1904=shape.epoch_1904,
        )
        self._sums: dict[int, Decimal] = {}
        self._accepted = 0

    def parse(self, number: int, cells: Sequence[Cell] | RowError) -> Sequence[Parsed]:
        """The row's values, or its errors; () for a blank row."""
        if isinstance(cells, RowError):
            return (cells,)
        if len(cells) != self._width:
            if not has_content(cells):
                return ()
            if len(cells) < self._width:
                if not self._pads:
                    return self._misshapen(number, cells, "row_short")
                cells = [*cells, *[None] * (self._width - len(cells))]
            elif has_content(cells[self._width :]):
                return self._misshapen(number, cells, "row_long")
        try:
            parsed = self._values(number, cells)
        except CellError:
            return self._explain(number, cells)
        return parsed

    @abstractmethod
    def _values(self, number: int, cells: Sequence[Cell]) -> Sequence[Parsed]:
        """The values of a good row. Raises CellError, also when the date is blank."""

    @abstractmethod
    def _checks(self) -> Iterator[tuple[int, Callable[[Cell], object], bool]]:
        """Place, reader and "must not be blank" of every column that is read."""

    def _place(self, name: str) -> int:
        column = self._shape.column(name)
        if column is None:
            raise FileRefused("column_missing", column=name)
        return self._shape.columns.index(column)

    def _optional(self, name: str) -> int | None:
        return self._place(name) if name else None

    def _numbers(self, name: str) -> tuple[int, NumberReader]:
        """The place of a number column and its reader, with the best known decimal sign."""
        place = self._place(name)
        sign = self._mapping.decimal or self._shape.columns[place].decimal or self._shape.decimal
        return place, NumberReader(decimal=sign, percent=self._mapping.percent)

    def _add(self, place: int, value: Decimal) -> None:
        self._sums[place] = self._sums.get(place, Decimal()) + value

    def _explain(self, number: int, cells: Sequence[Cell]) -> Sequence[Parsed]:
        """Everything that is wrong with a row that could not be read."""
        if not has_content(cells):
            return ()
        label = self._total(cells)
        if label:
            return (self._total_row(number, label),)
        errors: list[RowError] = []
        for place, read, required in self._checks():
            cell = cells[place]
            name = self._shape.columns[place].name
            try:
                if read(cell) is None and required:
                    errors.append(RowError(number, name, "", "blank"))
            except CellError as error:
                errors.append(RowError(number, name, show(cell)[:200], error.code, error.params))
        return errors

    def _misshapen(self, number: int, cells: Sequence[Cell], code: str) -> Sequence[Parsed]:
        label = total_label(cells)
        if label:
            return (self._total_row(number, label),)
        params = {"count": len(cells), "expected": self._width}
        return (RowError(number, "", " ".join(map(show, cells))[:200], code, params),)

    def _total(self, cells: Sequence[Cell]) -> str:
        try:
            if self._dates.day(cells[self._date]) is not None:
                return ""
        except CellError:
            return total_label([cells[self._date]])
        return total_label(cells) or self._sum_text(cells)

    def _sum_text(self, cells: Sequence[Cell]) -> str:
        """The text of a row that has no date and no text, only the sum of the rows above."""
        if self._accepted < 2:
            return ""
        matches = False
        for place, read, _required in self._checks():
            if isinstance(read, NumberReader):
                try:
                    value = read(cells[place])
                except CellError:
                    return ""
                matches = matches or (value is not None and value == self._sums.get(place))
            elif not is_blank(cells[place]):
                return ""
        return " ".join(show(cell) for cell in cells if not is_blank(cell)) if matches else ""

    def _total_row(self, number: int, label: str) -> Parsed:
        if self._mapping.totals == "skip":
            return SkippedRow(number, "total", label)
        return RowError(number, "", label, "total_row")


class ResultParser(RowParser):
    """Rows of metric values, wide or long."""

    def __init__(self, shape: FileShape, mapping: Mapping) -> None:
        super().__init__(shape, mapping)
        self._subject = self._optional(mapping.subject)
        self._metric = self._optional(mapping.metric)
        pairs = mapping.metrics or ((mapping.value, ""),)
        self._read = [(*self._numbers(column), code) for column, code in pairs]

    def _values(self, number: int, cells: Sequence[Cell]) -> Sequence[Parsed]:
        day = self._dates.day(cells[self._date])
        if day is None:
            raise CellError("blank")
        subject = "" if self._subject is None else read_text(cells[self._subject])
        found = [(place, code, read(cells[place])) for place, read, code in self._read]
        rows: list[Parsed] = []
        for place, code, value in found:
            if value is None:
                continue
            if self._metric is not None:
                code = read_text(cells[self._metric])
                if not code:
                    raise CellError("blank")
            self._add(place, value)
            rows.append(ResultRow(number, day, code, subject, value))
        if not rows:
            return (SkippedRow(number, "no_value", show(cells[self._date])),)
        self._accepted += 1
        return rows

    def _checks(self) -> Iterator[tuple[int, Callable[[Cell], object], bool]]:
        yield self._date, self._dates.day, True
        if self._metric is not None:
            yield self._metric, _required_text, True
        if self._subject is not None:
            yield self._subject, read_text, False
        for place, read, _code in self._read:
            yield place, read, False


class OrderParser(RowParser):
    """Rows of orders or purchases."""

    def __init__(self, shape: FileShape, mapping: Mapping) -> None:
        super().__init__(shape, mapping)
        self._customer = self._place(mapping.customer)
        self._order_id = self._optional(mapping.order_id)
        self._units = self._numbers(mapping.units) if mapping.units else None
        self._amount, self._read_amount = self._numbers(mapping.amount)
        self._extras = tuple(
            self._optional(name) for name in (mapping.currency, mapping.channel, mapping.promo)
        )
        self._has_extras = any(place is not None for place in self._extras)

    def _values(self, number: int, cells: Sequence[Cell]) -> Sequence[Parsed]:
        at = self._dates.moment(cells[self._date])
        amount = self._read_amount(cells[self._amount])
        if at is None or amount is None:
            raise CellError("blank")
        units = self._units[1](cells[self._units[0]]) if self._units else None
        customer = read_text(cells[self._customer])
        order_id = "" if self._order_id is None else read_text(cells[self._order_id])
        currency = channel = promo = ""
        if self._has_extras:
            currency, channel, promo = (
                "" if place is None else read_text(cells[place]) for place in self._extras
            )
        raw = tuple(map(show, cells))
        row = OrderRow(number, at, customer, order_id, units, amount, currency, channel, promo, raw)
        self._add(self._amount, amount)
        self._accepted += 1
        return (row,)

    def _checks(self) -> Iterator[tuple[int, Callable[[Cell], object], bool]]:
        yield self._date, self._dates.moment, True
        yield self._customer, read_text, False
        if self._order_id is not None:
            yield self._order_id, read_text, False
        if self._units:
            yield *self._units, False
        yield self._amount, self._read_amount, True
        for place in self._extras:
            if place is not None:
                yield place, read_text, False


def parser_for(shape: FileShape, mapping: Mapping) -> RowParser:
    """The parser for the mapping's target. Raises MappingError, FileRefused column_missing."""
    return (
        OrderParser(shape, mapping) if mapping.target == "orders" else ResultParser(shape, mapping)
    )


def _required_text(cell: Cell) -> str | None:
    return read_text(cell) or None


def _date_format(shape: FileShape, mapping: Mapping) -> str | None:
    if mapping.date_format:
        return mapping.date_format
    column = shape.column(mapping.date)
    if column is None:
        raise FileRefused("column_missing", column=mapping.date)
    if column.is_ambiguous:
        raise MappingError("date_format_not_chosen", column=column.name)
    return column.date_formats[0] if column.date_formats else None
