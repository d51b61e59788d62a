"""``manage.py results``: figures of the register from the command line.

With ``--json`` one JSON value is written to standard output, also for a refusal. Exit code 1:
refused.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from kpis.register.cli.arguments import common
from kpis.register.cli.command import RegisterCommand
from kpis.register.cli.results import add_query, query_lines, query_shape, selection_of
from staff.accounts.models import User


class Command(RegisterCommand):
    help = "Figures of the results register: query."
    name = "results"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        add_query(common(actions.add_parser("query", help="Figures added up where they add up.")))

    def do_query(self, actor: User, options: dict[str, Any]) -> bool:
        chosen = selection_of(actor, options)
        shape = query_shape(chosen, options["metrics"], options["by"])
        return self.say(shape, query_lines(shape))
