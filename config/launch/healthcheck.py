"""Container health check: exit 0 when the site answers that it is well, 1 otherwise.

``python config/launch/healthcheck.py`` asks /healthz on PORT. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request


def fetch(port: int, host: str = "127.0.0.1") -> tuple[int, dict[str, object]]:
    """Status code and JSON of /healthz; 0 and nothing when it cannot be reached or read."""
    request = urllib.request.Request(
        f"http://{host}:{port}/healthz", headers={"Host": _host_name()}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
            return answer.status, _parsed(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _parsed(error.read())
    except OSError:
        return 0, {}


def _host_name() -> str:
    """A name the site answers to: the first plain one of ALLOWED_HOSTS."""
    names = (name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(","))
    return next((name for name in names if name and name[0] not in "*."), "localhost")


def _parsed(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def main() -> int:
    status, state = fetch(int(os.environ.get("PORT", "8000")))
    print(f"{status} {json.dumps(state)}")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
