"""The connectors there are, from ``REGISTER_CONNECTORS``; each class is checked when first asked
for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from kpis.register.connectors.base import Connector
from kpis.simulator import Play

NEEDED = ("kind", "label", "secret_fields", "settings_form", "streams", "check", "read", "close")
FILE_KIND = "file"


@cache
def connectors() -> dict[str, type[Connector]]:
    """Connector classes by kind, in the order of the setting."""
    found: dict[str, type[Connector]] = {}
    for path in settings.REGISTER_CONNECTORS:
        cls = import_string(path)
        if lacking := [name for name in NEEDED if not hasattr(cls, name)]:
            raise ImproperlyConfigured(f"{path} has no {', '.join(lacking)}")
        if cls.kind in found:
            raise ImproperlyConfigured(f"two connectors of kind {cls.kind}")
        found[cls.kind] = cls
    return found


def connector_class(kind: str) -> type[Connector]:
    """Raises LookupError for a kind that is not installed."""
    try:
        return connectors()[kind]
    except KeyError:
        raise LookupError(f"no connector of kind {kind}") from None


@cache
def plays() -> dict[str, type[Play]]:
    """The contract servers of the connectors that have one, by kind: ``contract_server.PLAY`` in
    the connector's folder."""
    found: dict[str, type[Play]] = {}
    for kind, cls in connectors().items():
        folder = cls.__module__.rpartition(".")[0]
        if find_spec(f"{folder}.contract_server"):
            found[kind] = import_module(f"{folder}.contract_server").PLAY
    return found
