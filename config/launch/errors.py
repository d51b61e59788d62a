"""What stops a command: one line that says what to do."""

from __future__ import annotations

import errno
import re

from config.launch.paths import DATA

DISK_FULL = f"The disk is full: free at least 500 MB where {DATA} lives and run the command again."
NO_NETWORK = (
    "The package registry could not be reached: check the network and run the command again."
)

_SIGNS = (
    (re.compile(r"No space left on device|ENOSPC|Disk quota exceeded"), DISK_FULL),
    (
        re.compile(
            r"Failed to establish a new connection|Temporary failure in name resolution|"
            r"Name or service not known|Network is unreachable|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|"
            r"Connection refused|ConnectTimeout|ETIMEDOUT|ENETUNREACH|ProxyError|ReadTimeoutError"
        ),
        NO_NETWORK,
    ),
)


class LaunchError(Exception):
    """Stops the command. The message is one line for the person at the keyboard."""


def known_cause(output: str) -> str | None:
    """The plain line for an output that shows a full disk or a missing network."""
    return next((line for sign, line in _SIGNS if sign.search(output)), None)


def from_os_error(error: OSError) -> LaunchError:
    """A file operation that failed: a full disk is named as such, the rest as it is."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LaunchError(DISK_FULL)
    if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
        return LaunchError(f"No permission to write {error.filename}: make it writable for you.")
    return LaunchError(f"{error.strerror or error}: {error.filename}")
