"""Where things are on this machine. All paths are absolute."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("MODUS_DATA_DIR") or ROOT / ".data").absolute()
RUN = DATA / "run"
LOGS = DATA / "logs"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NODE_MODULES = ROOT / "node_modules"
