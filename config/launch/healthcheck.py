"""Container health check: exit 0 when the named part is well, 1 otherwise.

``python config/launch/healthcheck.py [web|worker|beat]`` asks /healthz of HEALTH_URL (by default
this machine's PORT). The site and its database being well is enough for ``web``: a stopped worker
is no reason to restart the web server. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request


def fetch(url: str) -> tuple[int, dict[str, object]]:
    """Status code and JSON of /healthz; 0 and nothing when it cannot be reached or read."""
    request = urllib.request.Request(  # noqa: S310 - http addresses of our own
        f"{url}/healthz", headers={"Host": _host_name()}
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


def is_well(part: str, status: int, state: dict[str, object]) -> bool:
    """``state`` is /healthz's answer: an object per part, each with its ``state``."""
    name = "database" if part == "web" else part
    found = state.get(name)
    if isinstance(found, dict):
        return found.get("state") in {"ok", "late"}
    return status == 200 and part == "web"


def main(arguments: list[str]) -> int:
    part = arguments[0] if arguments else "web"
    url = os.environ.get("HEALTH_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    status, state = fetch(url)
    print(f"{status} {json.dumps(state)}")
    return 0 if is_well(part, status, state) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
