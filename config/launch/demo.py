"""`make demo`: the whole product on this machine under one supervisor."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping

from config.launch.console import Console
from config.launch.healthcheck import fetch
from config.launch.locks import only_copy
from config.launch.manage import command, lines_of, manage_quietly
from config.launch.messages import compile_messages
from config.launch.paths import DATA, ROOT, RUN
from config.launch.ports import free_port, parse_port, require_free
from config.launch.process import Program
from config.launch.services import require_services
from config.launch.supervisor import Supervisor, end_leftovers

LOCK = RUN / "demo.lock"
_ROSTER = RUN / "demo.json"
_WELL_SECONDS = 60


def demo() -> int:
    """Runs until Ctrl-C or SIGTERM. Data stays for the next start.

    :raises LaunchError: one line saying what stands in the way.
    """
    console = Console()
    with only_copy(LOCK, "The demo"):
        if end_leftovers(_ROSTER):
            console.say("modus", "ended what an earlier, killed demo had left running")
        port = parse_port("PORT", os.environ.get("PORT"), 8000)
        bind = os.environ.get("BIND", "127.0.0.1")
        require_free("PORT", port, bind)
        env = _environment(port)
        _prepare(console, env)
        supervisor = Supervisor(_programs(env), say=console.say, roster=_ROSTER)
        threading.Thread(
            target=_announce, args=(console, supervisor, port, env), daemon=True
        ).start()
        supervisor.run()
        console.say("modus", "stopped; the data is kept for the next `make demo`")
    return 0


def _environment(port: int) -> dict[str, str]:
    simulator = parse_port("SIMULATOR_PORT", os.environ.get("SIMULATOR_PORT"), 8765)
    if os.environ.get("SIMULATOR_PORT"):
        require_free("SIMULATOR_PORT", simulator)
    else:
        simulator = free_port(simulator)
    return require_services() | {
        "MODUS_MODE": "demo",
        "PORT": str(port),
        "SIMULATOR_PORT": str(simulator),
        "SIMULATOR_URL": f"http://127.0.0.1:{simulator}",
    }


def _prepare(console: Console, env: Mapping[str, str]) -> None:
    compile_messages()
    console.say("modus", "bringing the database up to date")
    manage_quietly("Migrating the database", "migrate", "--no-input", env=env)
    manage_quietly("Making the cache table", "createcachetable", env=env)
    console.say("modus", "looking after the demo company")
    manage_quietly("Loading the demo company", "seed_demo", env=env)


def _programs(env: Mapping[str, str]) -> list[Program]:
    # As root in a container every start would print Celery's long advice against it.
    quiet = "ignore:You're running the worker with superuser"
    celery = (sys.executable, "-W", quiet, "-m", "celery", "-q", "-A", "config")
    schedule = DATA / "beat"
    schedule.mkdir(parents=True, exist_ok=True)
    return [
        Program("channels", tuple(command("simulator", "--port", env["SIMULATOR_PORT"])), env),
        Program(
            "web",
            (sys.executable, "-m", "gunicorn", "-c", f"{ROOT}/config/launch/gunicorn_conf.py"),
            env,
        ),
        Program(
            "worker",
            (*celery, "worker", "-Q", "default,sync", "-c", "2", "-l", "INFO", "--without-mingle"),
            env,
        ),
        Program(
            "beat",
            (*celery, "beat", "-s", str(schedule / "schedule"), "--pidfile=", "-l", "INFO"),
            env,
        ),
    ]


def _announce(console: Console, supervisor: Supervisor, port: int, env: Mapping[str, str]) -> None:
    """Waits until the site says that every part is well, then prints where and as whom to enter."""
    logins = lines_of("demo_logins", env=env)
    deadline = time.monotonic() + _WELL_SECONDS
    status, state = fetch(f"http://127.0.0.1:{port}")
    while status != 200 and not supervisor.stopping and time.monotonic() < deadline:
        time.sleep(0.5)
        status, state = fetch(f"http://127.0.0.1:{port}")
    if supervisor.stopping:
        return
    lines = ["", f"Modus is at http://127.0.0.1:{port}/", *logins, "Ctrl-C stops everything.", ""]
    if status != 200:
        lines[2:2] = [f"Not every part is well yet: {state or 'no answer from /healthz'}"]
    for line in lines:
        console.say("modus", line)
