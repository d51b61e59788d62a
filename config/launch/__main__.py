"""`python -m config.launch COMMAND`: the first thing said to a Python that is too old."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever `python3` is, to say this plainly
    sys.exit(
        "Modus needs Python 3.11 or newer; this is Python %d.%d. "  # noqa: UP031 - old Pythons too
        "Install a newer one, or name it: make PYTHON=/path/to/python3.11 demo" % sys.version_info[:2]
    )

from config.launch.cli import main

sys.exit(main(sys.argv[1:]))
