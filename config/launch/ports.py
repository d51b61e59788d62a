"""Is a port free?"""

from __future__ import annotations

import socket

from config.launch.errors import LaunchError


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def parse_port(name: str, raw: str | None, default: int) -> int:
    """:raises LaunchError: not a port number."""
    if not raw:
        return default
    if not raw.isdecimal() or not 0 < int(raw) < 65536:
        raise LaunchError(f"{name} must be a port number from 1 to 65535, not {raw!r}.")
    return int(raw)


def require_free(name: str, port: int, host: str = "127.0.0.1") -> None:
    """:raises LaunchError: something listens there already."""
    if not is_free(port, host):
        raise LaunchError(
            f"Port {port} is taken by another program: stop it, or choose another port: "
            f"{name}={port + 1} make demo"
        )


def free_port(preferred: int) -> int:
    """``preferred`` if free, otherwise (and for 0) one that the system picks."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
