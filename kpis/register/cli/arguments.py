"""The command line of ``manage.py source``."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError, _SubParsersAction
from pathlib import Path

from kpis.register.models import FileImport


def add_commands(parser: ArgumentParser) -> None:
    """``kinds``, ``add``, ``check``, ``sync``, ``status``, ``import`` and ``runs``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    common(actions.add_parser("kinds", help="What can be connected and its settings."))
    _add(actions)
    check = common(actions.add_parser("check", help="Try the connection; exit 1 when it fails."))
    check.add_argument("name", help="Name or uid of the source.")
    sync = common(actions.add_parser("sync", help="Read the source now."))
    sync.add_argument("name", help="Name or uid of the source.")
    sync.add_argument("--wait", action="store_true", help="Read here, until the run has ended.")
    status = common(actions.add_parser("status", help="How the sources are."))
    status.add_argument("name", nargs="?", help="Only this source.")
    runs = common(actions.add_parser("runs", help="The newest runs."))
    runs.add_argument("name", nargs="?", help="Only of this source.")
    runs.add_argument("--limit", type=int, default=10)
    _import(actions)


def common(parser: ArgumentParser) -> ArgumentParser:
    """What every action takes."""
    parser.add_argument("--json", action="store_true", dest="as_json", help="For machines.")
    parser.add_argument(
        "--as", dest="email", metavar="EMAIL", help="Who acts; else a superuser or a head."
    )
    return parser


def _add(actions: _SubParsersAction[ArgumentParser]) -> None:
    add = common(actions.add_parser("add", help="Add a source."))
    add.add_argument("--kind", required=True)
    add.add_argument("--name", required=True)
    add.add_argument("--scope", help="Name or uid of a company, department or direction.")
    add.add_argument(
        "--set", dest="values", action="append", default=[], type=pair, metavar="NAME=VALUE"
    )
    add.add_argument(
        "--secret", dest="secrets", action="append", default=[], type=pair, metavar="NAME=VALUE"
    )
    add.add_argument(
        "--secret-env",
        dest="secret_env",
        action="append",
        default=[],
        type=pair,
        metavar="NAME=VARIABLE",
        help="The secret is in this environment variable: it does not show in the process list.",
    )
    add.add_argument("--every", type=int, default=60, metavar="MINUTES")
    add.add_argument("--history-from", type=day, metavar="YYYY-MM-DD")


def _import(actions: _SubParsersAction[ArgumentParser]) -> None:
    load = common(actions.add_parser("import", help="Load a file."))
    load.add_argument("file", type=Path)
    load.add_argument("--source", required=True, help="Name or uid of the file source.")
    load.add_argument("--create", action="store_true", help="Make the source if there is none.")
    load.add_argument("--scope", help="Whose the new source is.")
    load.add_argument("--currency", default="RUB", help="Currency of the new source.")
    how = load.add_mutually_exclusive_group()
    how.add_argument("--mapping", type=Path, help="JSON file with the meaning of the columns.")
    how.add_argument("--template", help="Name of a saved template.")
    load.add_argument("--target", choices=["results", "orders"])
    load.add_argument(
        "--metric", dest="metrics", action="append", default=[], type=pair, metavar="COLUMN=METRIC"
    )
    load.add_argument(
        "--column",
        dest="columns",
        action="append",
        default=[],
        type=pair,
        metavar="MEANING=COLUMN",
        help="date, subject, customer, order_id, units, amount, currency, channel or promo; "
        "columns without a name are #1, #2…",
    )
    load.add_argument("--date-format", help="For example dd.mm.yyyy.")
    load.add_argument("--policy", choices=FileImport.Policy.values, default="refuse_all")
    load.add_argument("--no-wait", dest="wait", action="store_false", help="Leave it to a worker.")


def pair(text: str) -> tuple[str, str]:
    """``NAME=VALUE``; the value may hold further signs."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        # The text itself is not repeated: it may be a secret.
        raise ArgumentTypeError("NAME=VALUE is expected")
    return name, value


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("a day is written YYYY-MM-DD") from error
