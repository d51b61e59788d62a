"""Is every part alive? For load balancers and people; holds no secrets."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from celery import current_app
from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from config.shell.models import Heartbeat

# Beat sends every 10 seconds: two missed signs are late, a minute and a half of silence is down.
LATE_AFTER = dt.timedelta(seconds=35)
DOWN_AFTER = dt.timedelta(seconds=90)
BROKER_TIMEOUT_SECONDS = 1
State = Literal["ok", "late", "down"]


@dataclass(frozen=True, slots=True)
class Part:
    """``age`` is seconds since the last sign of life; None where a part was asked directly or has
    never been seen."""

    state: State
    age: int | None = None


def health() -> dict[str, object]:
    """``{status, version, database, broker, worker, beat}``; ``status`` is the worst part's."""
    signs = heartbeats()
    parts = {
        "database": Part("down" if signs is None else "ok"),
        "broker": broker(),
        "worker": aged((signs or {}).get("worker")),
        "beat": aged((signs or {}).get("beat")),
    }
    states = {part.state for part in parts.values()}
    worst = next(state for state in ("down", "late", "ok") if state in states)
    return {
        "status": worst,
        "version": product_version(),
        **{name: asdict(part) for name, part in parts.items()},
    }


def heartbeats() -> dict[str, dt.datetime] | None:
    """Name → last sign of life; None when the database does not answer."""
    try:
        return dict(Heartbeat.objects.values_list("name", "at"))
    except DatabaseError:
        connection.close()  # the next request gets a fresh connection
        return None


def aged(at: dt.datetime | None) -> Part:
    if at is None:
        return Part("down")
    age = max(timezone.now() - at, dt.timedelta(0))
    state: State = "ok" if age <= LATE_AFTER else "late" if age <= DOWN_AFTER else "down"
    return Part(state, int(age.total_seconds()))


def broker() -> Part:
    """Asks the broker itself, briefly and without retries."""
    try:
        with current_app.connection_for_write(
            connect_timeout=BROKER_TIMEOUT_SECONDS,
            transport_options={
                # Redis heeds only these; an address that swallows packets must not hold us.
                "socket_connect_timeout": BROKER_TIMEOUT_SECONDS,
                "socket_timeout": BROKER_TIMEOUT_SECONDS,
            },
        ) as link:
            link.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)
            link.default_channel  # noqa: B018 - opening the channel is the question
    except (OperationalError, KombuError, OSError):
        return Part("down")
    return Part("ok")


def product_version() -> str:
    try:
        return version("modus")
    except PackageNotFoundError:
        return "1.0.0"
