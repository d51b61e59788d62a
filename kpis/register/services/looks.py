"""What the sweep of watched folders remembers between two looks: one small file per source."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

from kpis.register.models import Source


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was first seen in this form. ``record`` is the uid of its import once begun,
    ``told`` what a person was told of it."""

    size: int
    changed: int
    since: str
    record: str = ""
    told: str = ""

    def same(self, stat: os.stat_result) -> bool:
        """Whether the file still has this form."""
        return (self.size, self.changed) == (stat.st_size, stat.st_mtime_ns)

    def age(self, now: dt.datetime) -> dt.timedelta:
        """For how long nothing has been written to it, as far as we have looked."""
        return now - dt.datetime.fromisoformat(self.since)


@dataclass
class Looks:
    """Looks by file name. ``trouble`` is what was last said about the folder itself."""

    path: Path
    files: dict[str, Look] = field(default_factory=dict)
    trouble: str = ""

    @classmethod
    def of(cls, source: Source) -> Looks:
        """What is remembered; a damaged memory is an empty one: every file is looked at anew."""
        path = Path(settings.MEDIA_ROOT) / "watched" / f"{source.uid}.json"
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            files = {name: Look(**look) for name, look in kept["files"].items()}
            return cls(path, files, str(kept["trouble"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path)

    def keep(self) -> None:
        """Written beside and renamed: a killed worker leaves the old memory whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        files = {name: asdict(look) for name, look in self.files.items()}
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps({"files": files, "trouble": self.trouble}), encoding="utf-8")
        beside.replace(self.path)
