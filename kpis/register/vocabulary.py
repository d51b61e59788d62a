"""The metric vocabulary that comes with the product, a line each in ``vocabulary.csv``.
`vocabulary_install` writes it after migrate.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from kpis.register.models.metric import Metric

Unit, Time, Dims, Missing = Metric.Unit, Metric.AggTime, Metric.AggDims, Metric.Missing


@dataclass(frozen=True, slots=True)
class Word:
    """One metric; see `Metric` for the meaning of the fields. ``missing`` is zero for what is
    booked on some days only (an invoice, a print run), where no row means none."""

    code: str
    ru: str
    en: str
    unit: Metric.Unit
    time: Metric.AggTime = Time.SUM
    dims: Metric.AggDims = Dims.SUM
    settle_days: int = 0
    note_ru: str = ""
    note_en: str = ""
    missing: Metric.Missing = Missing.NULL


def _read() -> tuple[Word, ...]:
    table = Path(__file__).with_name("vocabulary.csv").read_text(encoding="utf-8")
    return tuple(
        Word(
            code=row["code"],
            ru=row["ru"],
            en=row["en"],
            unit=Unit(row["unit"]),
            time=Time(row["time"]),
            dims=Dims(row["dims"]),
            settle_days=int(row["settle_days"]),
            note_ru=row["note_ru"],
            note_en=row["note_en"],
            missing=Missing(row["missing"] or Missing.NULL),
        )
        for row in csv.DictReader(table.splitlines())
    )


WORDS: tuple[Word, ...] = _read()


def vocabulary_install() -> int:
    """Create or update every word; returns how many there are. Idempotent."""
    Metric.objects.bulk_create(
        [
            Metric(
                code=word.code,
                name_ru=word.ru,
                name_en=word.en,
                unit=word.unit,
                agg_time=word.time,
                agg_dims=word.dims,
                missing=word.missing,
                settle_days=word.settle_days,
                note_ru=word.note_ru,
                note_en=word.note_en,
            )
            for word in WORDS
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "name_ru",
            "name_en",
            "unit",
            "agg_time",
            "agg_dims",
            "missing",
            "settle_days",
            "note_ru",
            "note_en",
        ],
    )
    return len(WORDS)
