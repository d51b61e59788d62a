"""The database and the broker a command works with: the given ones, or the embedded ones."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from config.launch.errors import LaunchError
from config.launch.paths import DATA


def given(name: str) -> str | None:
    """The variable, or the content of the file named by ``NAME_FILE``."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return None


def require_services() -> dict[str, str]:
    """The environment for Django's processes, with services that answer right now.

    Without DATABASE_URL the embedded PostgreSQL is started and held until this process ends.

    :raises LaunchError: a given service does not answer, or the embedded one does not start.
    """
    (DATA / "static").mkdir(parents=True, exist_ok=True)  # the static server insists on a folder
    if redis_url := given("REDIS_URL"):
        _require_redis(redis_url)
    if url := given("DATABASE_URL"):
        _require_postgres(url)
    else:
        from config.launch.postgres import ensure_running

        url = ensure_running()
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def _require_postgres(url: str) -> None:
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=10).close()
    except psycopg2.Error as error:
        words = str(error).strip().splitlines()
        raise LaunchError(
            f"The PostgreSQL of DATABASE_URL ({masked(url)}) cannot be used: "
            f"{words[-1] if words else error}"
        ) from None


def _require_redis(url: str) -> None:
    import redis

    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=10)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as error:
        raise LaunchError(
            f"The Redis of REDIS_URL ({masked(url)}) cannot be used: {error}"
        ) from None


def masked(url: str) -> str:
    """The address without user name and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
