"""Whatever the dialect, rows that are written are the rows that are read."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.register.files import Mapping, OrderRow, read, sniff
from kpis.register.files.dates import FORMATS

Order = tuple[date, str, Decimal]

NAMES = st.text(st.sampled_from("АБВабвяёЁabcXYZ019 '-_"), max_size=12).map(str.strip)
ORDERS = st.lists(
    st.tuples(
        st.dates(date(1990, 1, 1), date(2040, 12, 31)),
        NAMES,
        st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    ),
    min_size=2,
    max_size=20,
)


def _day(day: date, name: str) -> str:
    order, separator, digits = FORMATS[name]
    year = f"{day.year:04}"[-digits:]
    parts = {"y": year, "m": f"{day.month:02}", "d": f"{day.day:02}"}
    return separator.join(parts[letter] for letter in order)


def _written(orders: list[Order], delimiter: str, sign: str, name: str, newline: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline)
    writer.writerow(["Дата", "Клиент", "Сумма"])
    for day, customer, amount in orders:
        writer.writerow([_day(day, name), customer, f"{amount:.2f}".replace(".", sign)])
    return out.getvalue()


@settings(deadline=None)
@given(
    orders=ORDERS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    sign=st.sampled_from([".", ","]),
    name=st.sampled_from([name for name, form in FORMATS.items() if form.year_digits == 4]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_written_orders_read_back(
    orders: list[Order], encoding: str, delimiter: str, sign: str, name: str, newline: str
) -> None:
    mapping = Mapping("orders", date="Дата", customer="Клиент", amount="Сумма", date_format=name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        text = _written(orders, delimiter, sign, name, newline)
        path.write_bytes(text.encode(encoding))
        shape = sniff(path, filename="orders.csv")
        assert (shape.kind, shape.encoding, shape.delimiter) == ("csv", encoding, delimiter)
        found = list(read(path, shape, mapping))
    assert all(isinstance(row, OrderRow) for row in found), found
    assert [
        (row.at.date(), row.customer, row.amount) for row in found if isinstance(row, OrderRow)
    ] == orders
    assert [row.number for row in found] == list(range(2, len(orders) + 2))
