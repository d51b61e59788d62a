"""`make reset`: removes this machine's data, so that the next demo starts over."""

from __future__ import annotations

import os
import shutil
import sys

from config.launch.errors import LaunchError
from config.launch.locks import only_copy
from config.launch.paths import DATA, RUN, VENV_PYTHON


def reset() -> None:
    """Stops the embedded server and deletes the data folder. Installed packages stay.

    :raises LaunchError: the demo is running.
    """
    if not DATA.exists():
        print("There is nothing to remove.")
        return
    with only_copy(RUN / "demo.lock", "The demo"):
        try:
            from config.launch import cluster
            from config.launch.pgplace import DEFAULT

            cluster.stop(DEFAULT)
        except ImportError:
            if (DATA / "postgres").exists() and VENV_PYTHON.exists():
                raise LaunchError("Run `make setup` first: .venv is incomplete.") from None
        else:
            shutil.rmtree(DEFAULT.outside, ignore_errors=True)
        shutil.rmtree(DATA)
    print(f"Removed {DATA}; `make demo` starts over.")
    if os.environ.get("DATABASE_URL"):
        print("The database of DATABASE_URL was not touched.", file=sys.stderr)
