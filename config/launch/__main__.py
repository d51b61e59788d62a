"""`python config/launch COMMAND`: the first thing said to a Python that is too old."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever `python3` is, to say this plainly
    sys.exit(
        "modus: Python 3.11 or newer is needed; this is Python %d.%d. "  # noqa: UP031 - old ones too
        "Install a newer one, or name it: make PYTHON=/path/to/python3.11 demo"
        % sys.version_info[:2]
    )

import types
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
if "config" not in sys.modules:
    # Run as a folder: `config` itself loads Celery, which set-up has yet to install, so the
    # launcher enters its own part of that package without running the rest.
    sys.path[0] = str(_ROOT)
    _package = types.ModuleType("config")
    _package.__path__ = [str(_ROOT / "config")]
    sys.modules["config"] = _package

from config.launch.cli import main  # noqa: E402 - after the check above

sys.exit(main(sys.argv[1:]))
