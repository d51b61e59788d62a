"""System checks: a production start with an unsafe setting is refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register(deploy=True)
def production_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """What the demo forgives and production does not."""
    faults: list[CheckMessage] = []
    if settings.DEMO:
        faults.append(Error("MODUS_MODE is demo: set MODUS_MODE=production", id="modus.E001"))
    if not settings.REDIS_URL:
        faults.append(Error("REDIS_URL is not set: production needs Redis", id="modus.E002"))
    if settings.HTTP_ALLOW_LOOPBACK:
        faults.append(Error("HTTP_ALLOW_LOOPBACK lets sources reach this host", id="modus.E003"))
    if not settings.EMAIL_HOST:
        faults.append(Error("EMAIL_HOST is not set: no password reset", id="modus.E004"))
    return faults
