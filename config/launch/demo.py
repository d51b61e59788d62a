"""`make demo`: the whole product on this machine under one supervisor."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping

from config.launch.console import Console
from config.launch.healthcheck import fetch, is_well
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
_FIRST_HEARTBEAT_SECONDS = 11


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
        Program(
            "channels", tuple(command("simulator", "--quiet", "--port", env["SIMULATOR_PORT"])), env
        ),
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
    """Says where and as whom to enter once the site answers, then whether every part is well."""
    logins = lines_of("demo_logins", env=env)
    site = f"http://127.0.0.1:{port}"
    status, state = _poll(supervisor, site, lambda status, state: is_well("web", status, state))
    if status:
        for line in ["", f"Modus is at {site}/", *logins, "Ctrl-C stops everything.", ""]:
            console.say("modus", line)
        # Beat speaks every ten seconds; asking sooner only fills the log with refusals.
        supervisor.sleep(_FIRST_HEARTBEAT_SECONDS)
        status, state = _poll(supervisor, site, lambda status, _: status == 200, pause=5)
    if supervisor.stopping:
        return
    if status == 200:
        console.say("modus", "database, broker, worker and beat are well")
    else:
        console.say("modus", f"NOT every part is well: {state or 'no answer from /healthz'}")


def _poll(
    supervisor: Supervisor,
    site: str,
    enough: Callable[[int, dict[str, object]], bool],
    pause: float = 0.25,
) -> tuple[int, dict[str, object]]:
    """The last answer of /healthz: one that is enough, or the one at the end of the patience."""
    deadline = time.monotonic() + _WELL_SECONDS
    while True:
        answer = fetch(site)
        if enough(*answer) or supervisor.stopping or time.monotonic() > deadline:
            return answer
        supervisor.sleep(pause)
