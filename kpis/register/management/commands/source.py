"""``manage.py source``: what the pages of sources do, from the command line.

With ``--json`` one JSON value is written to standard output, also for a refusal
(``{"error": {"code", "message", "fields"}}``). Exit code 1: refused, not connected, not loaded, or
the run did not end well.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from config.lib.errors import Invalid
from config.lib.text import filled
from kpis.register import policies
from kpis.register.cli import shapes, waiting
from kpis.register.cli.arguments import add_commands
from kpis.register.cli.command import RegisterCommand
from kpis.register.cli.find import scope_find, source_find
from kpis.register.cli.loading import load_start
from kpis.register.cli.output import check_lines, import_lines, run_line, source_lines
from kpis.register.models import FileImport, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import connectors
from kpis.register.selectors.imports import import_errors
from kpis.register.selectors.runs import progress_of, with_progress
from kpis.register.selectors.sources import latest_of, sources_listed
from kpis.register.services.runs import run_request
from kpis.register.services.sources import settings_clean, source_check, source_create
from staff.accounts.models import User


class Command(RegisterCommand):
    name = "source"
    for_all = frozenset({"kinds"})
    help = "Sources of the results register: kinds, add, check, sync, status, import, runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_commands(parser)

    # --- actions: each answers whether all is well ---------------------------------------------
    def do_kinds(self, actor: User | None, options: dict[str, Any]) -> bool:
        kinds = shapes.kind_shapes()
        lines = []
        for kind in kinds:
            names = [
                f"--secret {field['name']}" if field["secret"] else f"--set {field['name']}"
                for field in kind["settings"]
            ]
            lines.append(f"{kind['kind']:<10} {kind['label']}: {', '.join(names)}")
        return self.say(kinds, lines)

    def do_add(self, actor: User, options: dict[str, Any]) -> bool:
        kind = options["kind"]
        if kind not in connectors():
            raise Invalid(filled(_("There is no kind “%(kind)s”."), kind=kind), code="kind")
        secrets = dict(options["secrets"]) | {
            name: _variable(variable) for name, variable in options["secret_env"]
        }
        given = {**_defaults(kind), **dict(options["values"]), **secrets}
        plain, sealed = settings_clean(kind, given)
        source = source_create(
            actor=actor,
            scope=scope_find(actor, options["scope"]),
            kind=kind,
            name=options["name"],
            plain=plain,
            secrets=sealed,
            every_minutes=options["every"],
            history_from=options["history_from"],
        )
        shape = {"uid": str(source.uid), "name": source.name, "scope": str(source.scope)}
        return self.say(shape, [_("Added: %(name)s (%(uid)s)") % shape])

    def do_check(self, actor: User, options: dict[str, Any]) -> bool:
        source = source_find(actor, options["name"])
        items = source_check(actor=actor, source=source)
        ok = all(item.ok for item in items)
        rows = [
            {
                "name": item.name,
                "label": str(item.label),
                "ok": item.ok,
                "detail": str(item.detail),
                "advice": str(item.advice),
            }
            for item in items
        ]
        self.say({"source": source.name, "ok": ok, "items": rows}, check_lines(rows))
        return ok

    def do_sync(self, actor: User, options: dict[str, Any]) -> bool:
        source = source_find(actor, options["name"])
        run = run_request(actor=actor, source=source)
        if not options["wait"]:
            progress = waiting.run_progress(run.pk)
            return self.say(
                shapes.run_shape(progress) if progress else {},
                [_("A worker will read %(name)s; see: source status") % {"name": source.name}],
            )
        progress = waiting.run_carry(run, None if self.as_json else self.line)
        self.say(shapes.run_shape(progress), [run_line(progress)])
        return progress.state == State.DONE

    def do_status(self, actor: User, options: dict[str, Any]) -> bool:
        rows = sources_listed(actor).order_by("name")
        if options["name"]:
            rows = rows.filter(pk=source_find(actor, options["name"]).pk)
        found = []
        for row in rows:
            latest = latest_of(row)
            found.append(shapes.source_shape(row, progress_of(latest) if latest else None))
        return self.say(found, source_lines(found))

    def do_runs(self, actor: User, options: dict[str, Any]) -> bool:
        runs = SyncRun.objects.visible_to(actor, policies.SOURCE_VIEW)
        if options["name"]:
            runs = runs.filter(source=source_find(actor, options["name"]))
        newest = with_progress(runs).order_by("-created_at")[: max(options["limit"], 1)]
        found = [progress_of(run) for run in newest]
        return self.say([shapes.run_shape(item) for item in found], map(run_line, found))

    def do_import(self, actor: User, options: dict[str, Any]) -> bool:
        record = load_start(actor, options)
        if options["wait"] and record.run is not None:
            waiting.run_carry(record.run, None if self.as_json else self.line)
            record.refresh_from_db()
        shape = shapes.import_shape_of(record)
        errors = list(import_errors(record))
        shape["errors"] = [
            {"row": item.number, "column": item.column, "message": item.message} for item in errors
        ]
        self.say(shape, import_lines(shape))
        return record.state in {FileImport.State.DONE, FileImport.State.STARTED}


def _variable(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise Invalid(filled(_("The variable %(name)s is not set."), name=name)) from None


def _defaults(kind: str) -> dict[str, object]:
    """What the form would begin with, so that only what differs must be given."""
    fields = connectors()[kind].settings_form.base_fields
    return {name: field.initial for name, field in fields.items() if field.initial is not None}
