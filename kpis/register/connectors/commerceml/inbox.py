"""Where delivered files lie: a folder per source, the moment of the delivery in the name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"(\d{8}T\d{12})Z-[0-9a-f]{8}\.xml")
_STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A whole file that 1C has delivered; ``at`` is aware (UTC)."""

    path: Path
    at: dt.datetime


def folder_of(uid: str) -> Path:
    """Everything 1C has sent for the source ``uid``."""
    return Path(settings.MEDIA_ROOT) / "exchange" / uid


def name_at(moment: dt.datetime, number: str) -> str:
    """The file name of a delivery; ``number`` (eight hex digits) tells two of one moment apart."""
    return f"{moment.astimezone(dt.UTC).strftime(_STAMP)}Z-{number}.xml"


def deliveries(uid: str) -> list[Delivery]:
    """What has been delivered, newest first."""
    return sorted(_found(folder_of(uid) / "delivered"), key=lambda one: one.path.name, reverse=True)


def _found(folder: Path) -> Iterator[Delivery]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            yield Delivery(path, dt.datetime.strptime(match[1], _STAMP).replace(tzinfo=dt.UTC))
