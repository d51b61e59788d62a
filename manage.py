#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it first starts the embedded PostgreSQL in
`.data/`.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_URL_FILE"):
        from config.launch.postgres import ensure_running

        os.environ["DATABASE_URL"] = ensure_running()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
