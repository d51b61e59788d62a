"""`make check`: every linter and check, all of them even when one fails."""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from config.launch.catalogue import untaken_messages
from config.launch.manage import command
from config.launch.messages import compile_messages, faults
from config.launch.paths import ROOT, VENV
from config.launch.services import require_services

Outcome = tuple[bool, str]


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[Mapping[str, str]], Outcome]


def _tool(name: str, *arguments: str) -> Check:
    return Check(name, lambda env: _call([str(VENV / "bin" / name.split()[0]), *arguments], env))


def _manage(name: str, *arguments: str) -> Check:
    return Check(name, lambda env: _call(command(*arguments), env))


def _call(arguments: list[str], env: Mapping[str, str]) -> Outcome:
    result = subprocess.run(
        arguments,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode == 0, result.stdout


def _deploy(env: Mapping[str, str]) -> Outcome:
    """Production settings, as the container has them, must raise no warning."""
    production = {
        **env,
        "MODUS_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "modus.example",
        "SITE_URL": "https://modus.example",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "EMAIL_HOST": "mail.example",
    }
    return _call(command("check", "--deploy", "--fail-level", "WARNING"), production)


def _catalogue(_env: Mapping[str, str]) -> Outcome:
    found = faults()
    untaken = untaken_messages()
    if untaken is None:
        note = "gettext is not installed: new texts were not looked for"
        return not found, "\n".join([*found, note])
    return not (found or untaken), "\n".join([*found, *untaken])


def _djade(env: Mapping[str, str]) -> Outcome:
    files = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    tool = str(VENV / "bin" / "djade")
    return _call([tool, "--target-version", "5.2", "--check", *files], env) if files else (True, "")


CHECKS = (
    _tool("ruff check", "check", "."),
    _tool("ruff format", "format", "--check", "."),
    _tool("mypy"),
    _tool("lint-imports"),
    _tool("djlint", "templates", "--lint", "--quiet"),
    Check("djade", _djade),
    _manage("migrations", "makemigrations", "--check", "--dry-run"),
    Check("messages", _catalogue),
    Check("check --deploy", _deploy),
)


def run_checks(names: list[str]) -> int:
    """Runs those named, or all; 1 when any failed.

    :raises LaunchError: the database cannot be used.
    """
    compile_messages()
    env = require_services()
    failed = []
    for check in CHECKS:
        if names and check.name not in names:
            continue
        started = time.monotonic()
        passed, output = check.run(env)
        if not passed:
            failed.append(check.name)
            print(output.rstrip(), flush=True)
        word = "ok" if passed else "FAILED"
        print(f"{check.name:<16} {word} ({time.monotonic() - started:.0f} s)", flush=True)
    if failed:
        print(f"Checks that failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))
