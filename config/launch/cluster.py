"""One PostgreSQL cluster on disk: made, started, asked, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import time
from pathlib import Path

from config.launch.errors import DISK_FULL, LaunchError, known_cause
from config.launch.pgplace import Place, account, binaries, cluster_folder, run_as_server

# A laptop's settings. fsync stays on, so a power cut costs nothing; synchronous_commit is off, so
# one costs at most the last half second. No TCP: the socket folder's mode is the only door.
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "jit": "off",
}
_NEEDED_BYTES = 300 * 1024 * 1024
_DEADLINE_SECONDS = 60


def answers(place: Place, database: str = "postgres") -> bool:
    """Whether a server accepts connections on this place's socket."""
    import psycopg2

    try:
        psycopg2.connect(host=str(place.sockets), user="postgres", dbname=database).close()
    except psycopg2.OperationalError:
        return False
    return True


def start(place: Place) -> None:
    """Makes the cluster when there is none and starts the server, unless it answers already.

    :raises LaunchError: full disk, a cluster of another version, or the server's own last words.
    """
    folder = cluster_folder(place)
    if not (folder / "PG_VERSION").exists():
        _end_homeless(place)
    elif answers(place):
        return
    if shutil.disk_usage(place.data).free < _NEEDED_BYTES:
        raise LaunchError(DISK_FULL)
    tools = binaries(place)
    if not (folder / "PG_VERSION").exists():
        _initialise(folder, tools)
    _require_version(folder, tools)
    if _live_postmaster(folder) is not None:
        _wait_until_answers(place, folder)  # starting, recovering or on its way out
        if answers(place):
            return
    (folder / "postmaster.pid").unlink(missing_ok=True)
    _prepare_sockets(place)
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    log = folder / "server.log"
    result = run_as_server(
        [
            *(str(tools / "pg_ctl"), "start", "-w", "-t", str(_DEADLINE_SECONDS)),
            *("-D", str(folder), "-l", str(log), "-o", f"-k {place.sockets} {options}"),
        ]
    )
    if result.returncode != 0:
        words = _tail(log) or result.stdout.decode(errors="replace")
        raise LaunchError(known_cause(words) or f"PostgreSQL did not start: {_last_line(words)}")


def stop(place: Place) -> None:
    """Stops the server, whoever started it; nothing to do when there is none."""
    # Without its data folder nothing can be running, and looking must not make one.
    folder = cluster_folder(place) if place.data.exists() else None
    if folder is not None and _live_postmaster(folder) is not None:
        tools = binaries(place)
        run_as_server([str(tools / "pg_ctl"), "stop", "-m", "fast", "-w", "-D", str(folder)])
    if place.sockets.is_dir() and not any(place.sockets.iterdir()):
        place.sockets.rmdir()


def _initialise(folder: Path, tools: Path) -> None:
    """initdb beside the final place, then a rename: an interrupted one leaves nothing half-made."""
    making = folder.with_name(folder.name + ".new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    if who := account():
        os.chown(making, who.pw_uid, who.pw_gid)
    # The built-in C.UTF-8 locale knows the case of Cyrillic letters and needs no system locale.
    result = run_as_server(
        [
            *(str(tools / "initdb"), "-D", str(making), "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
            "--builtin-locale=C.UTF-8",
        ]
    )
    if result.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        words = result.stdout.decode(errors="replace")
        raise LaunchError(known_cause(words) or f"PostgreSQL's initdb failed: {_last_line(words)}")
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)


def _require_version(folder: Path, tools: Path) -> None:
    have = (folder / "PG_VERSION").read_text(encoding="ascii").strip()
    want = tools.parent.name.removeprefix("pginstall")
    if have != want:
        raise LaunchError(
            f"The data in {folder} is of PostgreSQL {have}, the installed one is {want}: "
            "`make reset` starts over with an empty database."
        )


def _live_postmaster(folder: Path) -> int | None:
    """The process id in postmaster.pid if that process is this cluster's server.

    After a kill or a reboot the number may belong to anybody; the working folder tells them apart.
    """
    import psutil

    try:
        pid = int((folder / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return pid if Path(process.cwd()) == folder.resolve() else None
    except (OSError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _end_homeless(place: Place) -> None:
    """Ends a server whose folder was removed under it: it still holds the socket, for a minute."""
    import psutil

    lock = place.sockets / ".s.PGSQL.5432.lock"
    try:
        server = psutil.Process(int(lock.read_text(encoding="ascii").split("\n", 1)[0]))
        if "postgres" in server.name():
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=30)
    except (OSError, ValueError, psutil.Error):
        return


def _wait_until_answers(place: Place, folder: Path) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline and _live_postmaster(folder) is not None:
        if answers(place):
            return
        time.sleep(0.1)


def _prepare_sockets(place: Place) -> None:
    """A folder only its owner can enter; one made by somebody else is refused, not used."""
    who = account()
    owner = who.pw_uid if who else os.geteuid()
    try:
        place.sockets.mkdir(mode=0o700)
        if who:
            os.chown(place.sockets, who.pw_uid, who.pw_gid)
    except FileExistsError:
        found = place.sockets.lstat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if found.st_uid not in {owner, os.geteuid()} or not private:
            raise LaunchError(
                f"{place.sockets} belongs to somebody else: remove it and run the command again."
            ) from None
        if who:
            os.chown(place.sockets, who.pw_uid, who.pw_gid)
    # Left by a killed server: without its lock the name is free.
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (place.sockets / name).unlink(missing_ok=True)


def _tail(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8", errors="replace")[-4000:]
    except OSError:
        return ""


def _last_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line]
    return (telling or lines or ["no output"])[-1]
