"""Whatever the bytes, the answer is a shape or a refusal by name, and reading ends in rows."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.register.files import (
    FileRefused,
    Mapping,
    MappingError,
    OrderRow,
    ResultRow,
    RowError,
    SkippedRow,
    preview,
    read,
    sniff,
    suggest,
)

PIECES = st.sampled_from(
    "Дата;Сумма|\n|\r\n|;|,|\t|\"|'|01.02.2026|2026-02-01|20260201|31/02/2026|1 234,5|-|=1|  |NaN"
    "|Итого|9|1e5|\ufeff|\x0b|\u2028|x|#N/A".split("|")
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)
BYTES = st.one_of(
    st.binary(max_size=300),
    TEXTS.map(str.encode),
    TEXTS.map(lambda text: text.encode("cp1251", "ignore")),
    TEXTS.map(lambda text: text.encode("utf-16")),
    st.binary(max_size=200).map(b"PK\x03\x04".__add__),
)


@settings(deadline=None, max_examples=300)
@given(content=BYTES)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        try:
            shape = sniff(path, filename="any.csv")
        except FileRefused:
            return
        assert preview(path, shape, suggest(shape)).shape == shape
        first, last = shape.names[0], shape.names[-1]
        for mapping in (
            suggest(shape),
            Mapping("results", date=first, metrics=((last, "x"),), date_format="dd.mm.yyyy"),
            Mapping("results", date=last, metrics=((first, "x"),), decimal=","),
        ):
            _read_through(path, mapping)


def _read_through(path: Path, mapping: Mapping) -> None:
    shape = sniff(path, filename="any.csv")
    try:
        rows = read(path, shape, mapping)
    except MappingError:
        return
    for row in rows:
        assert isinstance(row, ResultRow | OrderRow | RowError | SkippedRow)
        assert row.number >= shape.first_row
        if isinstance(row, RowError):
            assert str(row.number) in row.message
