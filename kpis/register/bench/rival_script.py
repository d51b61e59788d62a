"""Run by the other loader's environment: merges each CSV file by primary key, prints seconds."""

import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import dlt  # type: ignore[import-not-found]

KEY = ["stream_id", "day", "metric_id", "subject_id"]


def rows_of(path: str) -> Iterator[dict[str, Any]]:
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "stream_id": int(row["stream_id"]),
                "day": dt.date.fromisoformat(row["day"]),
                "metric_id": int(row["metric_id"]),
                "subject_id": int(row["subject_id"]),
                "value": Decimal(row["value"]),
                "currency": row["currency"],
                "flags": int(row["flags"]),
            }


def main(dsn: str, fresh: str, restated: str) -> None:
    seconds = {}
    dataset = f"rival_{time.time_ns()}"
    for name, path in (("fresh", fresh), ("restated", restated)):
        pipeline = dlt.pipeline(
            pipeline_name=dataset,
            destination=dlt.destinations.postgres(dsn),
            dataset_name=dataset,
            pipelines_dir="pipelines",
        )
        resource = dlt.resource(
            rows_of(path), name="result", write_disposition="merge", primary_key=KEY
        )
        began = time.perf_counter()
        pipeline.run(resource)
        seconds[name] = time.perf_counter() - began
    sys.stdout.write(json.dumps(seconds) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
