"""The same rows from the same file into the same PostgreSQL, by dlt in its own environment."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
import tempfile
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from config.lib.bench import Timing, measure
from kpis.register.bench.load import LOAD_DAYS
from kpis.register.bench.place import Place, Say, ratio, rounded
from kpis.register.services.results import results_merge
from kpis.register.services.spool import ResultSpool

SCRIPT = Path(__file__).with_name("rival_script.py")
PACKAGE = "dlt[postgres]==1.31.0"


def rival_bench(place: Place, rows: int, turns: int, say: Say) -> dict[str, object]:
    """Seconds from a CSV file to merged rows, ours against dlt's merge by primary key: fresh, then
    with 5 % restated."""
    python = _environment(say)
    last = timezone.localdate()
    first = last - dt.timedelta(days=LOAD_DAYS - 1)
    ours: dict[str, Timing] = {}
    theirs: dict[str, list[float]] = {"fresh": [], "restated": []}
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "fresh": _write(Path(folder, "fresh.csv"), place, rows, first, step=1),
            "restated": _write(Path(folder, "restated.csv"), place, rows, first, step=20),
        }
        found: dict[str, list[float]] = {"fresh": [], "restated": []}
        for turn in range(turns):
            place.empty()
            for name, path in files.items():
                load = partial(_merge, place, path, first, last)
                found[name] += measure({name: load}, turns=1)[name].turns
            say(f"  dlt, turn {turn + 1} of {turns}")
            told = subprocess.run(
                [str(python), str(SCRIPT), _dsn(), *map(str, files.values())],
                check=True,
                capture_output=True,
                text=True,
                cwd=folder,
            ).stdout
            for name, seconds in json.loads(told.splitlines()[-1]).items():
                theirs[name].append(seconds)
        ours = {name: Timing(name, tuple(times)) for name, times in found.items()}
    rival = {name: Timing(name, tuple(times)) for name, times in theirs.items()}
    figures: dict[str, object] = {
        "times_faster_than_dlt": {
            name: ratio(rival[name].median, ours[name].median) for name in ours
        },
        "rival_noise": {name: rounded(timing.noise) for name, timing in rival.items()},
        "own_noise": {name: rounded(timing.noise) for name, timing in ours.items()},
    }
    say(f"  times faster than dlt {figures['times_faster_than_dlt']}, noise {figures['own_noise']}")
    return figures


def _write(path: Path, place: Place, rows: int, first: dt.date, *, step: int) -> Path:
    per_day = rows // LOAD_DAYS + 1
    subjects = place.subjects_ensure(per_day // len(place.metrics) + 1)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["stream_id", "day", "metric_id", "subject_id", "value", "currency", "flags"])
        for number in range(rows):
            offset, inside = divmod(number, per_day)
            subject, metric = divmod(inside, len(place.metrics))
            changed = step > 1 and number % step == 0
            out.writerow(
                [
                    place.stream.pk,
                    first + dt.timedelta(days=offset),
                    place.metrics[metric],
                    subjects[subject].pk,
                    Decimal(number % 9973) + (Decimal("0.5") if changed else 0),
                    "",
                    0,
                ]
            )
    return path


def _merge(place: Place, path: Path, first: dt.date, last: dt.date) -> None:
    with path.open(newline="") as file, ResultSpool(place.piece.pk, place.stream.pk) as spool:
        for row in csv.DictReader(file):
            spool.add(
                day=dt.date.fromisoformat(row["day"]),
                metric_id=int(row["metric_id"]),
                subject_id=int(row["subject_id"]),
                value=Decimal(row["value"]),
            )
        with transaction.atomic():
            results_merge(spool=spool, first=first, last=last)


def _environment(say: Say) -> Path:
    """The other loader's own environment, made once."""
    folder = Path(settings.DATA_DIR) / "bench-dlt"
    python = folder / "bin" / "python"
    if not python.exists():
        say(f"  installing {PACKAGE} into {folder.name}")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    return python


def _dsn() -> str:
    """The bench's own database as an address."""
    told = connection.settings_dict
    host = str(told["HOST"] or "")
    # dlt wants a password even where the server does not.
    password = quote(str(told["PASSWORD"] or "none"), safe="")
    at = f"{quote(str(told['USER'] or 'postgres'), safe='')}:{password}@"
    if host.startswith("/"):
        return f"postgresql://{at}/{told['NAME']}?host={quote(host, safe='')}"
    port = f":{told['PORT']}" if told["PORT"] else ""
    return f"postgresql://{at}{host}{port}/{told['NAME']}"
