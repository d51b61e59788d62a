"""The container files, without a container engine: every step is one that is also run here.

What only a build can show (base images, accounts, folders) is listed in ``BUILD_ONLY`` by name, so
a new step has to be put either under a test or on that list.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.launch.setup import NPM_INSTALL, PIP_INSTALL
from tests.launch.helpers import ROOT

pytestmark = pytest.mark.once
TESTED = (
    "npm ci",
    ".venv/bin/python -m pip install",
    "python config/launch messages",
    "SECRET_KEY=build",
)
BUILD_ONLY = ("python -m venv .venv", "useradd --system", "mkdir -p var/media")
PRODUCTION = {
    "MODUS_MODE": "production",
    "SECRET_KEY": "build",
    "FIELD_KEY": "build",
    "ALLOWED_HOSTS": "localhost",
    "DATABASE_URL": "postgres://build/build",
}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def _instructions(word: str) -> list[str]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.removeprefix(f"{word} ") for line in text.splitlines() if line.startswith(word)]


def _run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **PRODUCTION, **variables}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def test_every_run_step_is_tested_or_named_as_build_only() -> None:
    tested = (
        "npm ci",
        ".venv/bin/python -m pip install",
        "python config/launch messages",
        "SECRET_KEY=build",
    )
    for step in _instructions("RUN"):
        assert step.startswith((*tested, *BUILD_ONLY)), step


def test_packages_are_installed_with_the_flags_of_make_setup() -> None:
    steps = {step.split()[0]: shlex.split(step) for step in _instructions("RUN")}
    assert steps["npm"] == ["npm", *NPM_INSTALL, "--omit=dev"]
    assert set(PIP_INSTALL) < set(steps[".venv/bin/python"])
    assert steps[".venv/bin/python"][-1] == "requirements/base.txt"


def test_static_files_are_collected_with_production_settings(tmp_path: Path) -> None:
    (step,) = (step for step in _instructions("RUN") if "collectstatic" in step)
    assignments, _, command = step.partition("python manage.py ")
    assert dict(word.split("=", 1) for word in assignments.split()).items() <= PRODUCTION.items()
    result = _run(
        sys.executable, "manage.py", *command.split(), MODUS_DATA_DIR=str(tmp_path / "var")
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "var" / "static" / "staticfiles.json").exists()


def test_message_step_runs() -> None:
    assert _run(sys.executable, "config/launch", "messages").returncode == 0


def test_web_command_loads_its_settings_and_the_site(tmp_path: Path) -> None:
    (command,) = (json.loads(step) for step in _instructions("CMD"))
    assert command[0] == "gunicorn"
    (tmp_path / "static").mkdir()
    result = _run(
        sys.executable, "-m", *command, "--check-config",
        BIND="0.0.0.0", PORT="8000", WEB_WORKERS="2", MODUS_DATA_DIR=str(tmp_path),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_celery_commands_are_understood_and_the_application_loads(
    service: str, tmp_path: Path
) -> None:
    command = SERVICES[service]["command"]
    assert command[:4] == ["celery", "-q", "-A", "config"]
    # `--help` comes after every option was parsed, so an unknown one is refused here.
    result = _run(
        sys.executable, "-m", *command, "--help",
        REDIS_URL="redis://127.0.0.1:6379/0", MODUS_DATA_DIR=str(tmp_path),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_migrate_command_is_a_command_of_manage_py(tmp_path: Path) -> None:
    command = SERVICES["migrate"]["command"]
    assert command[:2] == ["python", "manage.py"]
    result = _run(sys.executable, *command[1:], "--help", MODUS_DATA_DIR=str(tmp_path))
    assert result.returncode == 0, result.stderr


def test_health_checks_call_a_file_that_exists() -> None:
    checks = [SERVICES[name]["healthcheck"]["test"] for name in ("worker", "beat")]
    (image,) = _instructions("HEALTHCHECK")
    checks.append(["CMD", *json.loads(image[image.index("[") :])])
    for check in checks:
        assert check[:2] == ["CMD", "python"]
        assert (ROOT / check[2]).is_file()
    assert {check[3] for check in checks} == {"web", "worker", "beat"}


def test_copied_paths_exist() -> None:
    for step in _instructions("COPY"):
        if not step.startswith("--from"):
            for source in step.split()[:-1]:
                assert (ROOT / source).exists(), source


def test_container_runs_as_an_ordinary_user() -> None:
    assert _instructions("USER") == ["modus"]


def test_no_secret_is_written_into_the_files() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "FIELD_KEY"):
        uses = re.findall(re.escape("${" + name) + "([^}]*)}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses), f"{name} must have no default"
    assert not [name for name in _instructions("ENV") if "SECRET" in name or "PASSWORD" in name]


def test_everything_that_waits_waits_for_something_healthy() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"].keys() == {"migrate", "postgres", "redis"}
    for name in ("postgres", "redis"):
        assert "healthcheck" in SERVICES[name]
