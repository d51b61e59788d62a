"""The commands of the Makefile."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from config.launch.errors import LaunchError, from_os_error
from config.launch.paths import ROOT, VENV, VENV_PYTHON

USAGE = "usage: python config/launch setup|demo|test|check|reset|bench|messages [arguments]"


def main(arguments: list[str]) -> int:
    """Runs one command. Exit code 0 when all went well, otherwise 1 or the command's own."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    run = _COMMANDS.get(command)
    if run is None:
        print(USAGE, file=sys.stderr)
        return 2
    os.chdir(ROOT)
    # Asked to end before the supervisor listens: as with Ctrl-C, everything held is given back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(rest)
    except LaunchError as error:
        line = str(error)
    except OSError as error:
        line = str(from_os_error(error))
    except KeyboardInterrupt:
        line = "Interrupted."
    print(f"modus: {line}", file=sys.stderr)
    return 1


def _inside() -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def _after_setup(command: str, arguments: list[str]) -> None:
    """Sets up what is missing, then continues in .venv. Returns only when already there."""
    from config.launch import setup

    if not (_inside() and setup.is_complete()):
        setup.setup()
    if not _inside():
        python = str(VENV_PYTHON)
        sys.stdout.flush()
        os.execv(python, [python, str(ROOT / "config" / "launch"), command, *arguments])  # noqa: S606 - ours


def _setup(_arguments: list[str]) -> int:
    from config.launch.setup import setup

    setup()
    print("Set up. Next: make demo, or make test.")
    return 0


def _demo(arguments: list[str]) -> int:
    _after_setup("demo", arguments)
    from config.launch.demo import demo

    return demo()


def _test(arguments: list[str]) -> int:
    _after_setup("test", arguments)
    from config.launch.suite import run_tests

    return run_tests(arguments)


def _check(arguments: list[str]) -> int:
    _after_setup("check", arguments)
    from config.launch.checks import run_checks

    return run_checks(arguments)


def _bench(arguments: list[str]) -> int:
    _after_setup("bench", arguments)
    from config.launch.manage import manage

    return manage("bench", *(arguments or ["register"]))


def _reset(_arguments: list[str]) -> int:
    from config.launch.reset import reset

    reset()
    return 0


def _messages(_arguments: list[str]) -> int:
    from config.launch.messages import compile_messages

    for path in compile_messages():
        print(f"compiled {path.relative_to(ROOT)}")
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "setup": _setup,
    "demo": _demo,
    "test": _test,
    "check": _check,
    "bench": _bench,
    "reset": _reset,
    "messages": _messages,
}
