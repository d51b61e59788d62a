"""``manage.py bench register|kpis``: speed, printed as ratios. Works in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from kpis.indicators.bench import kpis_bench
from kpis.register.bench import PARTS, register_bench


class Command(BaseCommand):
    help = "Measure the register or the KPIs; creates and drops the database modus_bench."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", choices=["register", "kpis"])
        parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the load")
        parser.add_argument("--small", type=int, default=100_000, help="rows under the dashboard")
        parser.add_argument("--large", type=int, default=10_000_000)
        parser.add_argument("--turns", type=int, default=5)
        parser.add_argument("--sources", type=int, default=50, help="sources due at once")
        parser.add_argument("--accounts", type=int, default=20, help="accounts of the backfill")
        parser.add_argument(
            "--part",
            action="append",
            choices=PARTS,
            help="what to measure; may be given several times; without it load and pages",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        connection.settings_dict["TEST"]["NAME"] = "modus_bench"
        old_name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            figures = self._measure(options)
        finally:
            connection.creation.destroy_test_db(old_name, verbosity=0)
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))

    def _measure(self, options: dict[str, Any]) -> dict[str, object]:
        def say(text: str) -> None:
            if not options["json"]:
                self.stdout.write(text)

        sizes = {name: options[name] for name in ("small", "large", "turns")}
        if options["subject"] == "kpis":
            return kpis_bench(**sizes, say=say)
        return register_bench(
            rows=options["rows"],
            parts=tuple(options["part"] or ("load", "pages")),
            sources=options["sources"],
            accounts=options["accounts"],
            say=say,
            **sizes,
        )
